// @ts-check
/** One tea: the tin, its story, how to brew it, and two ways to buy it. */

import { picture } from './art.js';
import { add, pay, stepper } from './basket.js';
import { teaCard } from './cards.js';
import { h, show } from './dom.js';
import { frame, toast } from './frame.js';
import { catalog, localized, money, number, t } from './shop.js';

let quantity = 1;
let isBuying = false;

frame(async () => {
  const products = await catalog();
  const asked = new URLSearchParams(location.search).get('tea');
  const product = products.find(({ key }) => key === asked) ?? products[0];
  const at = products.indexOf(product);
  const others = [1, 3, 5, 8].map((step) => products[(at + step) % products.length]);
  return h('div', {}, story(product),
    h('section', { class: 'part' }, h('div', { class: 'part-head' }, h('h2', {}, t('more'))), h('ul', { class: 'shelf' }, others.map(teaCard))));
});

/** @param {any} product */
function story(product) {
  const { tin, field } = product.art;
  const buying = h('div', { class: 'buying' });
  const draw = () => show(buying,
    stepper(product.key, quantity, (next) => { quantity = next; draw(); }),
    h('button', { id: 'add', type: 'button', class: 'button plain', onclick: () => add(product.key, quantity) }, t('add')),
    h('button', { id: 'buy', type: 'button', class: 'button', 'aria-disabled': isBuying && 'true', onclick: () => buy(product, draw) }, isBuying ? t('paying') : t('buy_now')));
  draw();
  return h('section', { class: 'product' },
    h('div', { class: 'field', vars: { tin, field } }, picture(product)),
    h('div', { class: 'product-words' },
      h('a', { class: 'soft', href: '/#teas' }, t('back')),
      h('h1', {}, localized(product.name)), h('p', { class: 'lead' }, localized(product.story)),
      product.brew && h('dl', { class: 'brew' }, h('dt', {}, t('brew')),
        ['celsius', 'minutes', 'grams'].map((name) => h('dd', {}, t(name, { n: number(product.brew[name]) })))),
      h('p', { class: 'price' }, money(product.price_cents)), buying));
}

/** @param {any} product @param {() => void} draw */
async function buy(product, draw) {
  if (isBuying) return;
  isBuying = true;
  draw();
  try {
    toast(await pay([{ product: product.key, quantity }]));
  } catch (problem) {
    toast(t('failed', { detail: /** @type {Error} */ (problem).message }));
  }
  isBuying = false;
  draw();
}
