// @ts-check
/**
 * What the widget knows, as pure functions over the contract's values. No DOM, no clock, no network.
 *
 * The widget never computes points or tiers: it places what the API said side by side, and takes a
 * reward's step as often as the shopper chooses.
 */

/** @typedef {import('../types/contract.js').Card} Card */
/** @typedef {import('../types/contract.js').Money} Money */
/** @typedef {import('../types/contract.js').Reward} Reward */
/** @typedef {import('../types/contract.js').Program} Program */
/** @typedef {import('../types/contract.js').Progress} Progress */
/** @typedef {import('../types/contract.js').Redemption} Redemption */
/** @typedef {import('../types/contract.js').Code} Code */
/** @typedef {import('../types/contract.js').RewardRow} RewardRow */

/**
 * How far along a tier the member is: 0 to 1, and 1 at the top, where nothing comes next. A value
 * outside (a tier kept from last year) stays outside; whoever draws it clamps.
 * @param {Progress | null | undefined} progress
 * @returns {number}
 */
export const fraction = (progress) =>
  progress?.next ? (progress.value - progress.from) / (/** @type {number} */ (progress.to) - progress.from) : 1;

/**
 * A short, stable name for the person behind a token (JWT or `v1.<kid>.<payload>.<mac>`): the hash
 * of its subject, so that a renewed token finds the same cache and another customer's does not.
 * It tells people apart on one device; it proves nothing.
 * @param {string} token
 * @returns {number}
 */
export function subjectHash(token) {
  let subject = token;
  try {
    // In both kinds the payload stands just before the signature.
    const payload = token.split('.').at(-2) ?? '';
    subject = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))).sub || token;
  } catch {
    // Unreadable: the token itself is the subject, so a new token means a new person.
  }
  let hash = 7;
  for (const letter of `${subject}`) hash = Math.imul(hash, 31) + letter.charCodeAt(0);
  return hash;
}

/**
 * The unit that the balance shows: the first spendable one, else the first.
 * @param {Program} program
 * @returns {string}
 */
export const mainUnit = ({ units }) => (units.find((unit) => unit.spendable) ?? units[0])?.id ?? '';

/**
 * Rewards of the program with what the card says about each. A member sees only rewards that both
 * know (the two may be of different versions for a minute); a guest sees the program's.
 * @param {Program} program
 * @param {Card | null | undefined} card
 * @returns {RewardRow[]}
 */
export const rewardRows = ({ rewards }, card) =>
  rewards
    .map((reward) => ({ ...reward, state: card?.rewards?.find(({ id }) => id === reward.id) }))
    .filter(({ state }) => state || !card?.member);

/**
 * What so many steps of a reward cost, and what they are worth in money where they are; the price
 * it shows where it has none.
 * @param {Reward} reward
 * @param {number} [count] of steps
 * @returns {{amount: number, value?: Money | null}}
 */
export const chosen = ({ cost, steps }, count) =>
  steps && count
    ? { amount: steps.points * count, value: steps.value && { ...steps.value, amount: steps.value.amount * count } }
    : { amount: cost?.amount ?? 0 };

/**
 * Codes that a shopper can still use or is waiting for, as the server ordered them.
 * @param {Card | null | undefined} card
 * @returns {Code[]}
 */
export const openCodes = (card) => card?.codes?.filter(({ status }) => 'ready fulfilling'.includes(status)) ?? [];

/**
 * May this redemption still be undone at `now` (milliseconds)?
 * @param {Code} code
 * @param {number} now
 */
export const undoable = (code, now) => Date.parse(/** @type {string} */ (code.undo_until)) > now;

/**
 * The card after a redemption or its undo, until the server's next card arrives: its points, and
 * its code first in the list.
 * @param {Card} card
 * @param {Redemption} redemption
 * @returns {Card}
 */
export const withRedemption = (card, redemption) => ({
  ...card,
  points: { ...card.points, ...redemption.points },
  codes: [redemption, ...(card.codes ?? []).filter((code) => code.redemption_id !== redemption.redemption_id)],
});

/**
 * Did the answer leave open whether the request was carried out? Then the next try must carry the
 * same idempotency key.
 * @param {{status: number}} problem status 0 when there was no answer
 * @returns {boolean}
 */
export const undecided = ({ status }) => /^(0|401|429|5..)$/.test(/** @type {any} */ (status));
