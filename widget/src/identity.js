// @ts-check
/**
 * Who is shopping: a token from `token-url`, from `tokenProvider`, or printed in the page, in this
 * order; and the last card of that person, kept for this tab.
 *
 * One request for a token is in flight at a time, shared by all elements with the same source. The
 * kept card belongs to a shop and the hash of the token's subject, so the next customer on this
 * device never sees the last one's points.
 */

/** @typedef {import('../types/contract.js').Card} Card */
/** @typedef {import('./api.js').Asker} Asker */

/** @type {Map<unknown, Promise<string | null>>} */
const coming = new Map();

/**
 * What a token comes from when it can be renewed: an address or a function.
 * @param {Asker} widget
 */
const tokenSource = (widget) => widget.getAttribute('token-url') || widget.tokenProvider;

/**
 * The shopper's token, asked for anew where it can be; null for a guest.
 * @param {Asker} widget
 * @returns {Promise<string | null>} fails when the shop's own address fails
 */
export async function renewedToken(widget) {
  const source = tokenSource(widget);
  if (!source) return widget.getAttribute('token');
  if (!coming.has(source)) {
    const asked = typeof source === 'string'
      ? widget.fetch(source, { cache: 'no-store' }).then((response) => response.json()).then(({ token }) => token)
      : source();
    coming.set(source, asked);
    const done = () => coming.delete(source);
    asked.then(done, done);
  }
  return /** @type {Promise<string | null>} */ (coming.get(source));
}

/** The one place in sessionStorage. */
const SLOT = 'laurel';

/**
 * The kept card of this person in this shop; anything kept of somebody else is dropped.
 * @param {string | null} who null for a guest
 * @returns {Card | undefined}
 */
export function keptCard(who) {
  try {
    const kept = JSON.parse(sessionStorage[SLOT]);
    if (kept.who === who) return kept.card;
    delete sessionStorage[SLOT];
  } catch {
    // Storage is off, empty, or holds something foreign: nothing is kept.
  }
  return undefined;
}

/**
 * Keep the card for the next page of this tab.
 * @param {string} who
 * @param {Card} card
 */
export function keepCard(who, card) {
  try {
    sessionStorage[SLOT] = JSON.stringify({ who, card });
  } catch {
    // Full or off: the next page asks again.
  }
}
