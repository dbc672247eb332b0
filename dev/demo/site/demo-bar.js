// @ts-check
/** The strip above the shop: who, which language, which light, which day, and how far the seed is. */

import { h, show } from './dom.js';
import { ask, day, number, refresh, set, settings, t, VISITORS } from './shop.js';

const POLL_MS = 700;
const IDLE_MS = 15_000;

/** @type {any} What the server said last. */
let status = null;
/** @type {Element | undefined} */
let place;
let timer = 0;

/** @param {Element} bar */
export function drawDemoBar(bar) {
  const isFirst = !place;
  place = bar;
  const isFolded = !bar.querySelector('details')?.open;
  show(bar, h('div', { class: 'demo-row' },
    h('details', { open: !isFolded },
      h('summary', {}, h('strong', {}, t('demo')), h('span', { class: 'told-short' }, told(true))),
      h('div', { class: 'folded' },
        h('strong', { class: 'name' }, t('demo')),
        visitors(),
        choice('language', 'lang', [['en', 'English'], ['hu', 'Magyar'], ['fa', 'فارسی']]),
        choice('theme', 'theme', [['light', t('light')], ['dark', t('dark_theme')]]),
        h('button', { id: 'month', type: 'button', onclick: jumpMonth }, t('month')),
        h('a', { class: 'counter', href: '/counter.html' }, t('counter')),
        h('span', { class: 'told', id: 'told' }, told())))),
  h('div', { class: 'seed', hidden: status?.seed?.over, vars: { done: done() } }, h('i')));
  if (isFirst) poll();
}

function visitors() {
  const select = h('select', { id: 'as', onchange: () => set({ as: select.value }) },
    VISITORS.map(({ id, name }) => h('option', { value: id, selected: id === settings.as }, name || t('guest'))));
  return h('label', {}, t('shopper'), select);
}

/** @param {string} name @param {'lang' | 'theme'} key @param {string[][]} options */
function choice(name, key, options) {
  return h('fieldset', {}, h('legend', { class: 'away' }, t(name)), h('div', {},
    options.map(([value, label]) => h('button', {
      id: `${key}-${value}`, type: 'button', lang: key === 'lang' && value, 'aria-pressed': String(settings[key] === value),
      onclick: () => set({ [key]: value }),
    }, label))));
}

const done = () => (status?.seed ? status.seed.done / Math.max(1, status.seed.total) : 0);

/** @param {boolean} [isShort] */
function told(isShort) {
  const seed = status?.seed;
  if (!seed) return t('opening');
  const date = t('today', { date: day(status.now) });
  if (seed.problem) return seed.problem;
  if (seed.over) return date;
  return t(isShort ? 'seeding_short' : 'seeding', { done: number(seed.done), total: number(seed.total) });
}

async function poll() {
  clearTimeout(timer);
  const wasReady = status?.seed;
  status = await ask('demo/status').catch(() => status);
  for (const line of place?.querySelectorAll('.told, .told-short') ?? []) line.textContent = told(line.className === 'told-short');
  const track = /** @type {HTMLElement | null | undefined} */ (place?.querySelector('.seed'));
  track?.style.setProperty('--done', String(done()));
  if (track) track.hidden = Boolean(status?.seed?.over);
  if (!wasReady && status?.seed) {
    refresh();
    document.dispatchEvent(new Event('tea-orders'));
  }
  timer = window.setTimeout(poll, status?.seed?.over ? IDLE_MS : POLL_MS);
}

async function jumpMonth() {
  const then = new Date(status?.now ?? Date.now());
  then.setUTCMonth(then.getUTCMonth() + 1);
  await ask('clock', { now: then.toISOString() });
  await poll();
  await refresh();
  document.dispatchEvent(new Event('tea-orders'));
}
