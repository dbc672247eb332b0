/**
 * Builds `dist/` in two passes and holds the byte budgets; a budget that is broken fails the build.
 *
 *   first   views that come after opening        dist/later-HASH.js
 *   pass 1  panel and languages, hashed          dist/panel-HASH.js, dist/locales/xx-HASH.js
 *   pass 2  launcher, with the panel's name in   dist/launcher-HASH.js
 *   last    the rolling loader                   dist/v1/loader.js
 *
 * The passes share no chunk: a shared one would be a request more before anyone shows intent.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { manifest } from './manifest.mjs';

const here = import.meta.dirname;
const dist = path.join(here, 'dist');

/** Brotli bytes. */
const BUDGETS = { 'before intent': 2500, 'on intent': 6000 };

/** Names inside the panel that nothing outside knows: none is of the DOM, the contract or the messages. */
const PANEL_NAMES = /^(again|amountOf|asking|busy|copiedOf|explain|given|past|said)$/;

/** CSS lives in JS modules so that `src/` runs unbuilt; here it loses its white space. */
const minifiedCss = {
  name: 'minified-css',
  setup(pass) {
    pass.onLoad({ filter: /\.css\.js$/ }, async ({ path: file }) => {
      const { default: css } = await import(pathToFileURL(file).href);
      const { code } = await transform(css, { loader: 'css', minify: true, target: 'chrome125' });
      return { contents: `export default ${JSON.stringify(code.trim())}` };
    });
  },
};

/** Names an import after its hashed file instead of bundling it. */
const named = (specifier, file) => ({
  name: 'named',
  setup(pass) {
    pass.onResolve({ filter: /.*/ }, (args) =>
      args.path === specifier ? { path: file, external: true } : undefined);
  },
});

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  outdir: dist,
};

const outputs = ({ metafile }) => Object.keys(metafile.outputs).map((file) => path.relative(dist, path.join(here, file)));
const find = (files, start) => files.find((file) => file.startsWith(start));

function size(file) {
  const bytes = readFileSync(path.join(dist, file));
  return { file, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
}

function table(rows) {
  const line = (...cells) => cells.map((cell, i) => (i ? String(cell).padStart(8) : cell.padEnd(30))).join('');
  console.log(line('file', 'raw', 'gzip', 'brotli'));
  for (const row of rows) console.log(line(row.file, row.raw, row.gzip, row.brotli));
}

/** The same short names in both panel chunks. */
const names = Object.fromEntries(PANEL_NAMES.source.slice(2, -2).split('|').map((name, at) => [name, `$${at}`]));

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const panelPass = { ...shared, entryNames: '[name]-[hash]', mangleProps: PANEL_NAMES, mangleCache: names };
const later = outputs(await build({ ...panelPass, entryPoints: ['src/panel/later.js'] }))[0];
const first = outputs(await build({
  ...panelPass,
  entryPoints: ['src/panel/panel.js'],
  chunkNames: 'locales/[name]-[hash]',
  splitting: true,
  plugins: [minifiedCss, named('./later.js', `./${later}`)],
}));
const panel = find(first, 'panel-');
const second = outputs(await build({
  ...shared,
  entryPoints: { launcher: 'src/laurel-widget-define.js' },
  entryNames: '[name]-[hash]',
  plugins: [minifiedCss, named('./panel/panel.js', `./${panel}`)],
}));
const launcher = find(second, 'launcher-');
await build({
  ...shared,
  entryPoints: { 'v1/loader': 'src/loader.js' },
  plugins: [named('./laurel-widget-define.js', `../${launcher}`)],
});

const sizes = ['v1/loader.js', launcher, panel, later, ...first.filter((file) => file.startsWith('locales/'))].map(size);
const [loaderSize, launcherSize, panelSize] = sizes;
const totals = {
  'before intent': loaderSize.brotli + launcherSize.brotli,
  'on intent': panelSize.brotli,
};
writeFileSync(path.join(dist, 'sizes.json'), JSON.stringify({ files: sizes, totals, budgets: BUDGETS }, null, 2));
writeFileSync(path.join(dist, 'custom-elements.json'), JSON.stringify(manifest(path.join(here, 'src/laurel-widget.js')), null, 2));
table(sizes);
for (const [what, budget] of Object.entries(BUDGETS)) {
  const bytes = totals[what];
  console.log(`${what.padEnd(14)} ${bytes} of ${budget} B brotli`);
  if (bytes > budget) {
    console.error(`over budget: ${what} by ${bytes - budget} B`);
    process.exitCode = 1;
  }
}
const { default: messages } = await import('./src/locales/en.js');
const clashes = Object.keys(messages).filter((key) => PANEL_NAMES.test(key));
if (clashes.length) {
  console.error(`keys of messages must not be shortened: ${clashes.join(', ')}`);
  process.exitCode = 1;
}
const strays = first.filter((file) => file !== panel && !file.startsWith('locales/')).concat(second.filter((file) => file !== launcher));
if (strays.length) {
  console.error(`shared chunks are not allowed: ${strays.join(', ')}`);
  process.exitCode = 1;
}
