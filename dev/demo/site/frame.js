// @ts-check
/** What stands around every page: header, footer, toast, and the widget itself. */

import { sign } from './art.js';
import { h, show } from './dom.js';
import { drawDemoBar } from './demo-bar.js';
import { card, changed, onChange, refresh, set, settings, t, widget } from './shop.js';

const toastBox = h('div', { role: 'status', id: 'said', popover: 'manual', class: 'toast' });
let toastTimer = 0;

/** Say something for a few seconds. @param {string} text */
export function toast(text) {
  clearTimeout(toastTimer);
  if (!toastBox.isConnected) document.body.append(toastBox);
  // Shown anew each time: the last one in the top layer lies above an open dialog.
  toastBox.hidePopover();
  toastBox.showPopover();
  toastBox.textContent = text;
  toastTimer = window.setTimeout(() => toastBox.hidePopover(), 6000);
}

const bar = h('div', { class: 'demo', lang: 'en' });
const head = h('header', { class: 'head' });
const page = h('main', { id: 'page' });
const foot = h('footer', { class: 'foot' });

/**
 * Put the page together; `draw` is called now and at every change of language, light or visitor.
 * @param {() => (Node | Promise<Node>)} draw
 */
export async function frame(draw) {
  const { count, open, setCode } = await import('./basket.js');
  document.body.prepend(bar, head, page, foot);
  const redraw = async () => {
    drawDemoBar(bar);
    drawHead(count(), open);
    drawFoot();
    show(page, await draw());
  };
  onChange(redraw);
  for (const name of ['tea-card', 'laurel-ready', 'tea-basket']) document.addEventListener(name, () => drawHead(count(), open));
  document.addEventListener('tea-orders', async () => show(page, await draw()));
  document.addEventListener('laurel-redeemed', (event) => {
    const { code } = /** @type {CustomEvent} */ (event).detail ?? {};
    if (!code) return;
    setCode(code);
    refresh();
  });
  onChange(dressWidget);
  document.body.append(h('laurel-widget', { shop: 'tea', 'login-url': '/account.html?as=you', 'register-url': '/account.html?as=mina', 'terms-url': '/#club' }));
  changed();
}

function dressWidget() {
  const { as, lang, theme } = settings;
  const wished = { 'token-url': `/dev/demo/token?as=${as}`, lang, scheme: theme };
  for (const [name, value] of Object.entries(wished)) {
    if (widget().getAttribute(name) !== value) widget().setAttribute(name, value);
  }
}

/** @param {number} pieces @param {() => void} open */
function drawHead(pieces, open) {
  const here = location.pathname;
  const points = settings.as !== 'guest' && card()?.member ? card().points?.points?.text : '';
  show(head,
    h('a', { class: 'away skip', href: '#page' }, t('skip')),
    h('a', { class: 'brand', href: '/' }, sign(), h('bdi', {}, 'Tea & Co')),
    h('nav', {},
      h('a', { href: '/#teas' }, t('teas')),
      h('a', { href: '/#club', class: 'club' }, t('club')),
      h('a', { href: '/account.html', 'aria-current': here.startsWith('/account') && 'page' }, t('account'), h('span', { class: 'chip', id: 'points' }, points ?? ''))),
    h('button', { id: 'bag', class: 'bag', type: 'button', onclick: open }, t('basket'), pieces > 0 && h('b', {}, pieces)));
}

function drawFoot() {
  show(foot, sign(), h('p', {}, t('footer')));
}

export { set };
