// @ts-check
/** The home page: the hills, the shelf, the club. */

import { hills, picture } from './art.js';
import { address, teaCard } from './cards.js';
import { h, show } from './dom.js';
import { frame } from './frame.js';
import { catalog, money, number, t } from './shop.js';

const KINDS = ['all', 'black', 'green', 'herbal', 'dark'];
const FREE_SHIPPING_CENTS = 4500;
/** Points, and what for. */
const FIGURES = [[50, 'figure_join'], [1, 'figure_dollar'], [100, 'figure_reward']];
let kind = 'all';

frame(async () => {
  const products = await catalog();
  const find = (/** @type {string} */ key) => products.find((/** @type {any} */ product) => product.key === key);
  return h('div', {}, hero(find), shelf(products), club(find('gift-card')), promises());
});

/** @param {(key: string) => any} find */
const hero = (find) =>
  h('section', { class: 'hero' }, hills(),
    h('div', { class: 'hero-words' }, h('h1', {}, t('hero_title')), h('p', {}, t('hero_text')),
      h('div', {}, h('a', { class: 'button', href: '#teas' }, t('hero_shop')),
        h('a', { class: 'button plain', href: '#club', 'data-laurel-open': 'home' }, t('hero_club')))),
    h('div', { class: 'hero-tins' }, picture(find('earl-grey')), picture(find('assam')), picture(find('chamomile'))));

/** @param {any[]} products */
function shelf(products) {
  const list = h('ul', { class: 'shelf' });
  const kinds = h('div', { class: 'kinds' });
  const draw = () => {
    show(kinds, KINDS.map((name) => h('button', {
      id: `kind-${name}`, type: 'button', 'aria-pressed': String(name === kind),
      onclick: () => { kind = name; draw(); },
    }, t(name))));
    const teas = products.filter((product) => KINDS.includes(product.kind) && (kind === 'all' || product.kind === kind));
    show(list, teas.map(teaCard));
  };
  draw();
  return h('section', { class: 'part', id: 'teas' }, h('div', { class: 'part-head' }, h('h2', {}, t('shelf_title')), kinds), list);
}

/** @param {any} gift */
const club = (gift) =>
  h('section', { class: 'part duo', id: 'club' },
    h('div', { class: 'panel panel-club' }, h('div', {}, h('h2', {}, t('club_title')), h('p', {}, t('club_text'))),
      h('dl', {}, FIGURES.map(([figure, name]) => [h('dt', {}, t(String(name))), h('dd', {}, number(Number(figure)))])),
      h('div', { class: 'actions' }, h('a', { class: 'button warm', href: '#club', 'data-laurel-open': 'rewards' }, t('club_open')),
        h('a', { class: 'button plain', href: '#club', 'data-laurel-open': 'tiers' }, t('club_tiers')))),
    h('div', { class: 'panel panel-gift' }, h('div', {}, h('h2', {}, h('a', { href: address(gift) }, t('gift_title'))), h('p', {}, t('gift_text'))), picture(gift)));

const promises = () =>
  h('section', { class: 'part' }, h('ul', { class: 'promises' }, [1, 2, 3].map((n) =>
    h('li', {}, h('h3', {}, t(`promise_${n}`, { amount: money(FREE_SHIPPING_CENTS) })), h('p', {}, t(`promise_${n}_text`))))));
