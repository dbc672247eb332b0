// @ts-check
/**
 * What every page knows: who is shopping, in which language and light, and how to ask the shop.
 * Changes are told to `onChange` listeners; nothing here draws.
 */

import { WORDS } from './words.js';

/** Who the visitor may be. Names are the demo's; ids are the shop's business. */
export const VISITORS = [
  { id: 'you', name: 'Kim' },
  { id: 'nora', name: 'Nóra' },
  { id: 'mina', name: 'Mina' },
  { id: 'guest', name: '' },
];

const stored = (/** @type {string} */ key, /** @type {string} */ usual, /** @type {string[]} */ allowed) => {
  const asked = new URLSearchParams(location.search).get(key) ?? localStorage.getItem(`tea-${key}`) ?? usual;
  return allowed.includes(asked) ? asked : usual;
};

const dark = matchMedia('(prefers-color-scheme: dark)').matches;
/** @type {{lang: string, theme: string, as: string}} */
export const settings = {
  lang: stored('lang', 'en', Object.keys(WORDS)),
  theme: stored('theme', dark ? 'dark' : 'light', ['light', 'dark']),
  as: stored('as', 'you', VISITORS.map(({ id }) => id)),
};

/** @type {Set<() => void>} */
const listeners = new Set();
/** @param {() => void} listener */
export const onChange = (listener) => listeners.add(listener);
export const changed = () => {
  const root = document.documentElement;
  Object.assign(root, { lang: settings.lang, dir: settings.lang === 'fa' ? 'rtl' : 'ltr' });
  root.dataset.theme = settings.theme;
  for (const listener of listeners) listener();
};

/** @param {Partial<typeof settings>} change */
export function set(change) {
  Object.assign(settings, change);
  for (const [key, value] of Object.entries(change)) localStorage.setItem(`tea-${key}`, String(value));
  changed();
}

/**
 * A text of the page in the visitor's language.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const words = /** @type {Record<string, string>} */ (WORDS[settings.lang]);
  return (words[key] ?? WORDS.en?.[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** @param {Record<string, string>} texts */
export const localized = (texts) => texts[settings.lang] ?? texts.en ?? '';

/** @param {number} cents */
export const money = (cents) =>
  new Intl.NumberFormat(settings.lang, { style: 'currency', currency: 'USD', minimumFractionDigits: cents % 100 ? 2 : 0 })
    .format(cents / 100);

/** @param {string} iso @param {Intl.DateTimeFormatOptions} [options] */
export const day = (iso, options = { dateStyle: 'medium' }) =>
  new Intl.DateTimeFormat(settings.lang, { timeZone: 'UTC', ...options }).format(new Date(iso));

/** @param {number} value */
export const number = (value) => new Intl.NumberFormat(settings.lang).format(value);

/**
 * Ask the shop's own server side.
 * @param {string} path below /dev
 * @param {object} [body] POST when given
 * @returns {Promise<any>}
 */
export async function ask(path, body) {
  const answer = await fetch(`/dev/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail ?? answer.statusText), told);
  return told;
}

/** @type {Promise<any[]> | undefined} */
let shelf;
/** Everything that is sold. @returns {Promise<any[]>} */
export const catalog = () => (shelf ??= fetch('/catalog.json').then((answer) => answer.json()));

/** The widget of this page, and the card that it shows. */
export const widget = () => /** @type {any} */ (document.querySelector('laurel-widget'));
export const card = () => widget()?.data?.card;
/** Points and tier may have moved: let the widget look, then everybody who shows them. */
export async function refresh() {
  await widget()?.refresh?.();
  document.dispatchEvent(new Event('tea-card'));
}
