// @ts-check
/** The account: the club card as the widget knows it, and the shop's own list of orders. */

import { picture } from './art.js';
import { h, show } from './dom.js';
import { frame, toast } from './frame.js';
import { ask, card, catalog, day, localized, money, refresh, set, settings, t, VISITORS } from './shop.js';

const member = h('div', {});
for (const name of ['tea-card', 'laurel-ready', 'laurel-redeemed']) document.addEventListener(name, () => drawMember());

frame(async () => {
  const who = VISITORS.find(({ id }) => id === settings.as);
  if (settings.as === 'guest') {
    return h('section', { class: 'account' }, h('h1', {}, t('hello_guest')),
      h('div', { class: 'member' }, h('p', {}, t('guest_text')), h('div', { class: 'actions' }, h('button', { id: 'sign-in', type: 'button', class: 'button', onclick: () => set({ as: 'you' }) }, t('sign_in')))));
  }
  const [{ items }, products] = await Promise.all([ask(`demo/orders?as=${settings.as}`).catch(() => ({ items: [] })), catalog()]);
  drawMember();
  return h('section', { class: 'account' }, h('h1', {}, t('hello', { name: who?.name ?? '' })), member,
    h('div', {}, h('div', { class: 'orders-head' }, h('h2', {}, t('orders')),
      items.length > 0 && h('button', { id: 'return', type: 'button', class: 'button plain', onclick: giveBack }, t('return_last'))),
      items.length ? h('ul', { class: 'orders' }, items.map((/** @type {any} */ sale) => order(sale, products))) : h('p', { class: 'soft' }, t('orders_none'))));
});

function drawMember() {
  const now = settings.as === 'guest' ? null : card();
  if (!now?.member) {
    show(member, h('div', { class: 'member' }, h('p', { class: 'tier' }, t('card_none')),
      h('div', { class: 'actions' }, h('a', { class: 'button', href: '#', 'data-laurel-open': 'home' }, t('card_join')))));
    return;
  }
  const tier = now.tiers[0];
  const { progress } = tier;
  const isTop = !progress?.next;
  const fill = isTop ? 1 : (progress.value - progress.from) / (progress.to - progress.from);
  show(member, h('div', { class: 'member', 'data-tier': tier.id },
    h('div', { class: 'member-top' }, h('span', { class: 'tier' }, tier.name), h('bdi', {}, 'Tea & Co')),
    h('p', {}, h('span', { class: 'points' }, now.points.points.text), ' ', t('card_points')),
    h('div', {}, h('div', { class: 'track', vars: { fill: String(fill) } }, h('i')),
      h('p', {}, isTop ? t('card_top') : t('card_next', { amount: money(progress.missing), tier: progress.next.name }))),
    h('div', { class: 'actions' }, h('a', { class: 'button', href: '#', 'data-laurel-open': 'rewards' }, t('card_open')),
      h('a', { class: 'button', href: '#', 'data-laurel-open': 'history' }, t('card_history')))));
}

/** @param {any} sale @param {any[]} products */
function order(sale, products) {
  const goods = sale.lines.map((/** @type {any} */ line) => ({ ...line, product: products.find(({ key }) => key === line.product) }));
  const names = goods.map((/** @type {any} */ { product, quantity }) => (quantity > 1 ? `${localized(product.name)} × ${quantity}` : localized(product.name)));
  return h('li', { class: 'order', 'data-status': sale.status },
    h('div', { class: 'things' }, goods.map((/** @type {any} */ { product }) => picture(product))),
    h('p', {}, names.join(', ')), h('p', { class: 'sum' }, money(sale.total_cents)),
    h('p', { class: 'soft' }, h('bdi', {}, sale.number), ' · ', day(sale.at), sale.code && [' · ', h('span', { class: 'code' }, t('reward_used', { code: sale.code }))]),
    h('p', { class: 'state' }, t(sale.status === 'paid' ? 'paid_status' : sale.status)));
}

async function giveBack() {
  try {
    const sale = await ask('demo/return', { as: settings.as });
    await refresh();
    document.dispatchEvent(new Event('tea-orders'));
    const points = card()?.points?.points?.text;
    toast(t(points ? 'returned' : 'returned_plain', { number: sale.number, points }));
  } catch (problem) {
    toast(t('failed', { detail: /** @type {Error} */ (problem).message }));
  }
}
