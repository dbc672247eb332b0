// @ts-check
/** The basket: kept for the tab, shown as a drawer, paid at the till. */

import { picture } from './art.js';
import { h, show } from './dom.js';
import { toast } from './frame.js';
import { ask, card, catalog, localized, money, number, onChange, refresh, settings, t } from './shop.js';

const SLOT = 'tea-basket';
/** @type {{lines: {product: string, quantity: number}[], code: string}} */
const basket = { lines: [], code: '', ...JSON.parse(sessionStorage.getItem(SLOT) ?? '{}') };
/** @type {any} The shop's answer to what this costs. */
let priced = null;
let isPaying = false;

const drawer = h('dialog', { class: 'basket', 'aria-labelledby': 'basket-title', onclick: (/** @type {any} */ event) => event.target === drawer && drawer.close() });
document.body.append(drawer);
onChange(() => draw());
// The code belongs to whom it was given.
let owner = settings.as;
onChange(() => {
  if (owner !== settings.as) change({ code: '' });
  owner = settings.as;
});

export const count = () => basket.lines.reduce((sum, line) => sum + line.quantity, 0);

/** @param {Partial<typeof basket>} next */
async function change(next) {
  Object.assign(basket, next);
  sessionStorage.setItem(SLOT, JSON.stringify(basket));
  document.dispatchEvent(new Event('tea-basket'));
  priced = basket.lines.length ? await ask('demo/price', { as: settings.as, ...basket }).catch(() => null) : null;
  draw();
}

/** @param {string} product @param {number} quantity */
function put(product, quantity) {
  const others = basket.lines.filter((line) => line.product !== product);
  const kept = basket.lines.find((line) => line.product === product);
  if (kept && quantity > 0) return basket.lines.map((line) => (line === kept ? { product, quantity } : line));
  return quantity > 0 ? [...others, { product, quantity }] : others;
}

/** @param {string} product @param {number} [quantity] */
export function add(product, quantity = 1) {
  const now = basket.lines.find((line) => line.product === product)?.quantity ?? 0;
  change({ lines: put(product, Math.min(20, now + quantity)) });
  open();
}

/** @param {string} code */
export const setCode = (code) => change({ code });

export async function open() {
  if (!drawer.open) drawer.showModal();
  await change({});
}

/**
 * Pay for `lines`, then let every figure on the page move.
 * @param {typeof basket.lines} lines @param {string} [code]
 * @returns {Promise<string>} what to say about it
 */
export async function pay(lines, code = '') {
  const before = card()?.tiers?.[0]?.id;
  const sale = await ask('demo/buy', { as: settings.as, lines, code });
  await refresh();
  document.dispatchEvent(new Event('tea-orders'));
  const { points, tiers } = card() ?? {};
  const values = { number: sale.number, points: points?.points?.text ?? '', tier: tiers?.[0]?.name ?? '' };
  const hasRisen = before && tiers?.[0] && tiers[0].id !== before;
  return t(hasRisen ? 'paid_tier' : values.points && settings.as !== 'guest' ? 'paid_points' : 'paid', values);
}

async function payAll() {
  if (isPaying || !basket.lines.length) return;
  isPaying = true;
  draw();
  try {
    const said = await pay(basket.lines, priced?.code ?? '');
    isPaying = false;
    drawer.close();
    toast(said);
    await change({ lines: [], code: '' });
  } catch (problem) {
    isPaying = false;
    draw();
    toast(t('failed', { detail: /** @type {Error} */ (problem).message }));
  }
}

async function draw() {
  const shelf = await catalog();
  const rows = basket.lines.map((line) => row(shelf.find(({ key }) => key === line.product), line.quantity));
  show(drawer,
    h('header', {}, h('h2', { id: 'basket-title' }, t('basket_title')),
      h('button', { id: 'basket-close', type: 'button', 'aria-label': t('close'), onclick: () => drawer.close() }, '✕')),
    rows.length ? h('ul', {}, rows) : h('p', { class: 'empty' }, t('basket_empty')),
    rows.length > 0 && till());
}

/** @param {any} product @param {number} quantity */
function row(product, quantity) {
  const { tin, field } = product.art;
  return h('li', {},
    h('div', { class: 'field', vars: { tin, field } }, picture(product)),
    h('h3', {}, localized(product.name)),
    h('span', { class: 'price' }, money(product.price_cents * quantity)),
    stepper(product.key, quantity, (next) => change({ lines: put(product.key, next) }), 0));
}

/**
 * How many: less and more.
 * @param {string} id @param {number} value @param {(next: number) => void} take @param {number} least
 */
export const stepper = (id, value, take, least = 1) =>
  h('div', { class: 'stepper', role: 'group', 'aria-label': t('pieces') },
    h('button', { id: `less-${id}`, type: 'button', 'aria-label': t('less'), onclick: () => take(Math.max(least, value - 1)) }, '−'),
    h('output', {}, number(value)),
    h('button', { id: `plus-${id}`, type: 'button', 'aria-label': t('plus'), onclick: () => take(Math.min(20, value + 1)) }, '+'));

function note() {
  if (!basket.code || !priced) return '';
  if (priced.below_minimum_cents) return t('code_minimum', { amount: money(priced.below_minimum_cents) });
  return priced.code ? t('code_ok', { code: priced.code }) : t('code_bad');
}

function till() {
  const input = h('input', { id: 'code', name: 'code', autocomplete: 'off', spellcheck: 'false', dir: 'ltr' });
  input.value = basket.code;
  const apply = (/** @type {Event} */ event) => {
    event.preventDefault();
    change({ code: input.value.trim().toUpperCase() });
  };
  const sums = priced ? figures() : [];
  return h('div', { class: 'till' },
    h('form', { onsubmit: apply }, h('label', { for: 'code' }, t('code')), input,
      h('button', { id: 'apply', class: 'button plain' }, t('apply')), h('p', { class: 'note', role: 'status' }, note())),
    h('dl', {}, sums),
    h('button', { id: 'pay', type: 'button', class: 'button', onclick: payAll, 'aria-disabled': isPaying && 'true' },
      isPaying ? t('paying') : t('pay', { amount: money(priced?.total_cents ?? 0) })));
}

function figures() {
  const full = priced.lines.reduce((/** @type {number} */ sum, /** @type {any} */ line) => sum + line.full_cents, 0);
  const pair = (/** @type {string} */ key, /** @type {string} */ value, name = '') =>
    [h('dt', { class: name }, t(key)), h('dd', { class: name }, value)];
  return [
    pair('subtotal', money(full)),
    priced.discount_cents > 0 && pair('discount', money(-priced.discount_cents)),
    pair('shipping', priced.shipping_cents ? money(priced.shipping_cents) : t('free')),
    pair('total', money(priced.total_cents), 'sum'),
  ];
}
