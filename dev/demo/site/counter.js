// @ts-check
/** Behind the counter: the merchant's view of who is shopping. English, like the API it shows. */

import { h } from './dom.js';
import { frame } from './frame.js';
import { ask, settings, VISITORS } from './shop.js';

const when = (/** @type {string} */ iso) => iso?.replace('T', ' ').replace(/(:\d\d)?(\.\d+)?Z$/, '') ?? '';
const hash = (/** @type {string} */ text) =>
  h('span', { class: 'hash', title: text }, h('i', { vars: { hue: String(parseInt(text.slice(0, 4), 16) % 360) } }), text.slice(0, 10));
const signed = (/** @type {number} */ points) => (points > 0 ? `+${points}` : String(points));

frame(async () => {
  const told = await ask(`demo/counter?as=${settings.as}`).catch(() => ({}));
  const who = VISITORS.find(({ id }) => id === settings.as);
  return h('section', { class: 'counter-page', lang: 'en', dir: 'ltr' },
    h('div', {}, h('h1', {}, who?.name ? `Behind the counter: ${who.name}` : 'Behind the counter'),
      h('p', { class: 'soft' }, 'Everything on this page is an answer of the admin API; each part says how it was asked.')),
    told.member ? member(told.member) : h('p', {}, 'A guest has no account. Choose a customer in the strip above.'),
    told.explain && explained(told),
    told.entries && journal(told.entries),
    deliveries(told.deliveries ?? []));
});

/** @param {any} answer */
function member({ path, status, body }) {
  if (status !== 200) return h('div', {}, asked(path), h('p', {}, body?.detail ?? `Answer ${status}`));
  const { available = 0, pending = 0, deficit = 0 } = body.points?.points ?? {};
  const tiles = {
    'Points to spend': available, Pending: pending, Owed: deficit, Tier: body.tiers?.[0]?.id ?? '',
    'Entries in the journal': body.seq, 'Member since': when(body.joined_at).slice(0, 10),
  };
  return h('div', {}, asked(path), h('dl', { class: 'tiles' },
    Object.entries(tiles).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))));
}

/** @param {any} told */
function explained({ order, explain }) {
  const { path, status, body } = explain;
  if (status !== 200) return h('div', {}, h('h2', {}, `Why: order ${order}`), asked(path), h('p', {}, body?.detail ?? `Answer ${status}`));
  return h('div', {}, h('h2', {}, `Why: order ${order}`), asked(path), h('p', { class: 'sentence' }, body.sentence),
    h('div', { class: 'sheet' }, h('table', {}, h('tbody', {}, (body.trace ?? []).map((/** @type {any} */ row) =>
      h('tr', {}, h('th', { scope: 'row' }, row.code), h('td', {}, row.sentence)))))));
}

/** @type {Record<string, string>} */
const KINDS = { earn: 'Earned', redeem: 'Redeemed', reverse: 'Taken back', reversal: 'Taken back', expire: 'Expired', expiry: 'Expired', join: 'Joined' };

/** One reason of an entry: a code and its parameters. @param {any} row */
const reason = ({ code, ...rest }) => {
  if (code === 'order') return `order ${rest.order}`;
  if (rest.rule) return `rule ${rest.rule} ${signed(rest.points)}`;
  if (rest.reward) return `reward ${rest.reward}`;
  return `${code} ${Object.values(rest).join(' ')}`;
};

/** @param {any} answer */
function journal({ path, status, body }) {
  if (status !== 200) return h('div', {}, h('h2', {}, 'The journal'), asked(path), h('p', {}, body?.detail ?? `Answer ${status}`));
  const broken = body.items.filter((/** @type {any} */ row, /** @type {number} */ at) => body.items[at + 1] && row.prev_hash !== body.items[at + 1].hash);
  return h('div', {}, h('h2', {}, 'The journal, newest first'), asked(path),
    h('p', { class: 'chain', 'data-broken': broken.length > 0 }, broken.length ? `The chain is broken at ${broken[0].seq}` : `Each entry carries the hash of the one before: ${body.items.length} in a row, none missing`),
    h('div', { class: 'sheet', tabindex: '0', role: 'region', 'aria-label': 'The journal' }, h('table', {},
      h('thead', {}, h('tr', {}, ['#', 'When', 'Points', 'Why', 'Sum', 'Hash'].map((name, at) =>
        h('th', { scope: 'col', class: at === 2 ? 'move' : at > 3 ? 'wide' : '' }, name)))),
      h('tbody', {}, body.items.map(entry)))));
}

/** @param {any} row */
const entry = (row) => h('tr', {},
  h('td', {}, row.seq), h('td', { class: 'hash' }, when(row.occurred_at)),
  h('td', { class: row.points > 0 ? 'move plus' : 'move' }, signed(row.points)),
  h('td', {}, [KINDS[row.kind] ?? row.kind, ...(row.explanation ?? []).map(reason)].join(' · '), h('div', { class: 'soft hash' }, row.document ?? '')),
  h('td', { class: 'wide' }, row.booked_after ?? ''), h('td', { class: 'wide' }, hash(row.hash ?? '')));

/** @param {any[]} rows */
const deliveries = (rows) => h('div', {}, h('h2', {}, 'Webhooks from this till'),
  h('p', { class: 'soft' }, 'Buy or return something: each click becomes a signed Shopify webhook.'),
  rows.length > 0 && h('div', { class: 'sheet' }, h('table', {}, h('tbody', {}, rows.map((row) =>
    h('tr', {}, h('th', { scope: 'row' }, row.topic), h('td', {}, row.number), h('td', { class: 'hash' }, when(row.at)), h('td', { class: 'move' }, `answered ${row.status}`)))))));

/** @param {string} path */
const asked = (path) => h('p', { class: 'asked' }, path);
