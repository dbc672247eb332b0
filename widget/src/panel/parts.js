// @ts-check
/** Small pieces that several views are made of. */

import { h } from '../dom.js';

/** @typedef {import('../dom.js').Child} Child */
/** @typedef {import('../dom.js').Props} Props */

/**
 * A progress bar, read out as `text`.
 * @param {number} fill 0 to 1
 * @param {string} label
 * @param {string} text
 */
export function bar(fill, label, text) {
  const share = Math.max(0, fill); // a tier kept from last year may stand below its threshold
  return h('div.bar', {
    part: 'progress', role: 'progressbar', 'aria-label': label, 'aria-valuenow': Math.round(share * 100), 'aria-valuetext': text, fill: share,
  }, h('i'));
}

/**
 * @param {string} id
 * @param {string} kind primary, plain or quiet
 * @param {string} text
 * @param {(event: any) => void} onclick
 * @param {Props} [more]
 */
export const button = (id, kind, text, onclick, more) => h(`button.${kind}`, { id, onclick, ...more }, text);

/**
 * A link to where an attribute of the element points; left out unless that is http or https.
 * @param {import('./panel.js').Panel} panel
 * @param {string} kind
 * @param {string} attribute
 * @param {string} text
 */
export function link({ widget }, kind, attribute, text) {
  const anchor = /** @type {HTMLAnchorElement} */ (h(`a.${kind}`, { href: widget.getAttribute(attribute) }, text));
  return /^http/.test(anchor.protocol) && anchor;
}

/**
 * A program's own text (a name, a perk), kept from reordering what stands around it.
 * @param {string} text
 */
export const name = (text) => h('bdi', text);

/**
 * A quiet line; left out when there is nothing to say.
 * @param {string | number | null | undefined | false} fact
 */
export const soft = (fact) => fact && h('p.soft', fact);
