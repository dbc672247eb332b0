// @ts-check
/** Home: how many points, which tier, how far to the next, what is missing, and how to earn. */

import { h } from '../dom.js';
import { fraction, mainUnit, rewardRows } from '../state.js';
import { bar, button, link, name, soft } from './parts.js';

/** @typedef {import('./panel.js').Panel} Panel */
/** @typedef {import('../../types/contract.js').Card} Card */
/** @typedef {import('../../types/contract.js').Give} Give */
/** @typedef {import('../../types/contract.js').TierState} TierState */

/** @param {Panel} panel */
export const home = (panel) => [
  ...(panel.state.card?.member ? balance(panel, panel.state.card) : [invitation(panel)]),
  earn(panel),
];

/**
 * @param {Panel} panel
 * @param {Card} card
 */
function balance(panel, card) {
  const { t, number, word, date, program } = panel;
  const main = mainUnit(program);
  const { available = 0, pending = 0, deficit = 0 } = card.points[main] ?? {};
  const within = rewardRows(program, card).filter(({ state }) => state?.affordable).length;
  return [
    h(
      'section.hero',
      soft(t('balance')),
      h('p', h('strong.big', number(available)), ' ', word(available, main)),
      soft(pending && t('pending', { points: panel.points(pending, main) })),
      soft(deficit && t('deficit', { points: panel.points(deficit, main) })),
      card.expiring?.map(({ unit, points, at }) =>
        soft(t('expiring', { points: panel.points(points, unit), date: date(at) }))),
      within && button('see', 'primary', t('ready', { n: within }), () => panel.show('rewards')),
    ),
    ...card.tiers.map((tier) => standing(panel, tier)),
  ];
}

/**
 * @param {Panel} panel
 * @param {TierState} tier
 */
function standing(panel, { group, name: tier, progress, keep_until }) {
  const { t, date } = panel;
  const next = progress?.next;
  const missing = next ? t('missing', { amount: panel.amountOf(group, /** @type {number} */ (progress.missing)), tier: next.name }) : t('top');
  return h(
    'section.card',
    h('div.row', h('h3', name(tier)), next && h('bdi.soft', next.name)),
    bar(fraction(progress), next ? t('progress', { tier: next.name }) : tier, missing),
    h('p', missing),
    soft(keep_until && t('keep', { date: date(keep_until) })),
  );
}

/**
 * What the program gives and the way in: for guests, and for shoppers who are not members yet.
 * @param {Panel} panel
 */
function invitation(panel) {
  const { program, state, t } = panel;
  const signedIn = state.token && state.problem?.status !== 401;
  return h(
    'section.hero',
    h('h3', t('guest_title')),
    h('p', signedIn
      ? t('stranger_text')
      : t('guest_text', { program: program.program.name })),
    signedIn
      ? button('join', 'primary', t('join'), () => panel.join())
      : h('div.row', link(panel, 'primary', 'register-url', t('join')), link(panel, 'plain', 'login-url', t('login'))),
    link(panel, 'quiet', 'terms-url', t('terms')),
  );
}

/** @param {Panel} panel */
function earn(panel) {
  // A conditional rule is not for everybody, or not for every product: a bare rate would mislead.
  const lines = panel.program.earn
    .filter((rule) => !rule.conditional)
    .flatMap(({ on, give }) => give.map((one) => sentence(panel, on, one)))
    .filter(Boolean);
  return lines[0] && h('section.list', h('h3', panel.t('earn')), h('ul.dots', lines.map((line) => h('li', line))));
}

/**
 * A rule in words; the empty text for a kind this version does not know.
 * @param {Panel} panel
 * @param {string} on
 * @param {Give} give
 */
function sentence(panel, on, { rate, add, unit, per }) {
  const { t, money } = panel;
  const points = panel.points(/** @type {any} */ (rate ?? add), unit) // Intl reads digits, too;
  if (on === 'member.joined') return t('earn_join', { points });
  if (on !== 'order.paid') return '';
  return per ? t('earn_rate', { points, money: money(per) }) : t('earn_order', { points });
}
