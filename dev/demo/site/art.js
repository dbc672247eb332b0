// @ts-check
/** Tins, drawn: one shape, and a pattern and colours of its own for every tea. */

import { s } from './dom.js';

/** The printed part of a tin, in units of the drawing (200 by 240). */
const PRINT = { x: 32, y: 62, width: 136, height: 156 };

let serial = 0;

const circle = (/** @type {number} */ cx, /** @type {number} */ cy, /** @type {number} */ r, more = {}) => s('circle', { cx, cy, r, ...more });
const grid = (/** @type {number} */ dx, /** @type {number} */ dy, /** @type {(x: number, y: number, row: number) => any} */ draw) => {
  const drawn = [];
  for (let row = 0, y = PRINT.y; y <= PRINT.y + PRINT.height + dy; y += dy, row++) {
    for (let x = PRINT.x - (row % 2 ? dx / 2 : 0); x <= PRINT.x + PRINT.width + dx; x += dx) drawn.push(draw(x, y, row));
  }
  return drawn;
};
const around = (/** @type {number} */ count, /** @type {(angle: number) => any} */ draw) => Array.from({ length: count }, (_, i) => draw((360 / count) * i));

/** @param {number} x @param {number} y @param {number} petals @param {number} size */
const flower = (x, y, petals, size) =>
  s('g', { transform: `translate(${x} ${y})` },
    around(petals, (angle) => s('ellipse', { cx: 0, cy: -size * 0.62, rx: size * (petals > 6 ? 0.16 : 0.3), ry: size * 0.42, transform: `rotate(${angle})` })));

/** @type {Record<string, (art: any) => any[]>} */
const PATTERNS = {
  rays: () => around(28, (angle) => s('path', { d: 'M100 214 l-7 -210 h14 z', transform: `rotate(${angle} 100 214)` })).concat(circle(100, 214, 34)),
  scales: ({ tin }) => grid(34, 17, (x, y) => s('g', {}, circle(x, y + 17, 17), circle(x, y + 17, 12.5, { fill: tin }), circle(x, y + 17, 8), circle(x, y + 17, 4, { fill: tin }))),
  slices: ({ tin }) => grid(50, 44, (x, y) => s('g', { transform: `translate(${x} ${y})` },
    circle(0, 0, 17), circle(0, 0, 14, { fill: tin }), around(8, (angle) => s('path', { d: 'M0 -3 l4.2 -9 a10 10 0 0 0 -8.4 0 z', transform: `rotate(${angle})` })))),
  ripples: () => [9, 27, 45, 63, 81, 99, 117, 135, 153].map((r) => circle(150, 96, r, { fill: 'none', stroke: 'currentColor', 'stroke-width': 6 })),
  petals: ({ tin }) => grid(44, 36, (x, y, row) => s('g', {}, flower(x, y, 5, row % 2 ? 19 : 15), circle(x, y, 3, { fill: tin }))),
  daisies: ({ lid }) => grid(46, 38, (x, y) => s('g', {}, flower(x, y, 11, 20), circle(x, y, 6, { fill: lid }))),
  diamonds: ({ lid }) => grid(34, 26, (x, y, row) => s('path', { d: `M${x} ${y - 22} l13 22 l-13 22 l-13 -22 z`, fill: row % 3 === 1 ? lid : 'currentColor' })),
  peaks: ({ tin }) => grid(46, 34, (x, y) => s('g', {}, s('path', { d: `M${x - 23} ${y + 30} l23 -32 l23 32 z` }),
    s('path', { d: `M${x - 13} ${y + 30} l13 -18 l13 18 z`, fill: tin }), s('path', { d: `M${x - 5} ${y + 30} l5 -7 l5 7 z` }))),
};

/** A leaf about the origin, for labels and the sign of the shop. */
const LEAF = 'M0 -20 C15 -11 17 9 0 21 C-17 9 -15 -11 0 -20 Z';

/** @param {any} product */
function tin(product) {
  const { art } = product;
  const clip = `print-${++serial}`;
  return [
    s('defs', {}, s('clipPath', { id: clip }, s('rect', { ...PRINT, rx: 6 }))),
    s('ellipse', { cx: 100, cy: 222, rx: 78, ry: 9, class: 'shade' }),
    s('rect', { ...PRINT, rx: 6, fill: art.tin }),
    s('g', { 'clip-path': `url(#${clip})`, color: art.ink, fill: 'currentColor' }, PATTERNS[art.pattern]?.(art)),
    s('rect', { x: 62, y: 106, width: 76, height: 84, rx: 38, fill: art.tin }),
    s('rect', { x: 66, y: 110, width: 68, height: 76, rx: 34, fill: art.ink }),
    s('g', { transform: 'translate(100 148)', fill: art.lid }, s('path', { d: LEAF }), s('path', { d: 'M0 -12 V28', stroke: art.ink, 'stroke-width': 2 })),
    s('rect', { ...PRINT, width: 16, rx: 6, class: 'gleam' }),
    s('rect', { ...PRINT, x: 144, width: 24, rx: 6, class: 'dim' }),
    s('rect', { x: 26, y: 36, width: 148, height: 34, rx: 9, fill: art.lid }),
    s('rect', { x: 26, y: 58, width: 148, height: 3, class: 'dim' }),
    s('rect', { x: 34, y: 41, width: 60, height: 4, rx: 2, class: 'gleam' }),
  ];
}

/** @param {any} product */
function whisk({ art }) {
  return [
    s('ellipse', { cx: 100, cy: 222, rx: 62, ry: 9, class: 'shade' }),
    Array.from({ length: 21 }, (_, i) => i - 10).map((i) =>
      s('path', { d: `M${100 + i * 1.6} 112 C${100 + i * 5.6} 150 ${100 + i * 6.4} 190 ${100 + i * 3.6} 218`, fill: 'none', stroke: i % 2 ? art.lid : art.tin, 'stroke-width': 3.4, 'stroke-linecap': 'round' })),
    s('rect', { x: 80, y: 24, width: 40, height: 92, rx: 9, fill: art.tin }),
    s('rect', { x: 80, y: 24, width: 9, height: 92, rx: 4, class: 'gleam' }),
    s('rect', { x: 76, y: 104, width: 48, height: 12, rx: 4, fill: art.lid }),
    s('rect', { x: 78, y: 62, width: 44, height: 5, rx: 2, fill: art.lid }),
  ];
}

/** @param {any} product */
function giftCard({ art }) {
  return [
    s('ellipse', { cx: 100, cy: 206, rx: 82, ry: 8, class: 'shade' }),
    s('g', { transform: 'rotate(-7 100 130)' },
      s('rect', { x: 16, y: 74, width: 168, height: 112, rx: 14, fill: art.tin }),
      s('rect', { x: 60, y: 74, width: 16, height: 112, fill: art.ink }),
      s('path', { d: 'M68 122 C34 84 26 128 68 130 C26 134 36 172 68 136 C100 172 110 134 68 130 C110 128 102 84 68 122 Z', fill: art.ink }),
      circle(68, 130, 7, { fill: art.lid }),
      s('g', { transform: 'translate(150 150) scale(.8)', fill: art.ink }, s('path', { d: LEAF }))),
  ];
}

/**
 * A drawing of a product; decoration, so it has no name.
 * @param {any} product
 */
export function picture(product) {
  const drawn = product.kind === 'tool' ? whisk(product) : product.kind === 'gift' ? giftCard(product) : tin(product);
  return s('svg', { viewBox: '0 0 200 240', class: 'picture', 'aria-hidden': 'true' }, drawn);
}

/** The sign of the shop. */
export const sign = () =>
  s('svg', { viewBox: '-30 -26 60 52', class: 'sign', 'aria-hidden': 'true' },
    s('path', { d: LEAF, transform: 'rotate(-38) translate(-4 -1)', class: 'sign-a' }), s('path', { d: LEAF, transform: 'rotate(38) translate(4 -1)', class: 'sign-b' }));

/**
 * Hills of tea in the evening, for the top of the home page.
 */
export function hills() {
  /** @type {[string, string][]} */
  const ridges = [
    ['hill-1', 'M0 398 C260 392 520 372 800 300 S1240 214 1440 232'],
    ['hill-2', 'M0 412 C240 440 520 396 780 352 S1210 322 1440 268'],
    ['hill-3', 'M0 470 C200 440 480 428 760 428 S1180 352 1440 384'],
    ['hill-4', 'M0 486 C320 500 600 462 860 474 S1260 468 1440 430'],
  ];
  return s('svg', { viewBox: '0 0 1440 560', class: 'hills', preserveAspectRatio: 'xMidYMax slice', 'aria-hidden': 'true' },
    circle(1110, 168, 108, { class: 'sun' }),
    ridges.map(([name, d]) => s('g', { class: name },
      s('path', { d: `${d} V560 H0 Z`, class: 'ground' }),
      Array.from({ length: 9 }, (_, row) => s('path', { d, class: 'row', transform: `translate(0 ${14 + row * (11 + row)})` })))));
}
