// @ts-check
/** A tea on the shelf, wherever a shelf is. */

import { picture } from './art.js';
import { add } from './basket.js';
import { h } from './dom.js';
import { localized, money, t } from './shop.js';

/** @param {any} product */
export const address = (product) => `/product.html?tea=${product.key}`;

/** @param {any} product */
export const teaCard = (product) =>
  h('li', { class: 'tea' },
    h('div', { class: 'field', vars: { tin: product.art.tin, field: product.art.field } }, picture(product)),
    h('div', {}, h('h3', {}, h('a', { href: address(product) }, localized(product.name))), h('p', {}, localized(product.line))),
    h('div', { class: 'tea-foot' }, h('span', { class: 'price' }, money(product.price_cents)),
      h('button', { id: `add-${product.key}`, type: 'button', class: 'button', onclick: () => add(product.key), 'aria-label': `${t('add')}: ${localized(product.name)}` }, t('add'))));
