// @ts-check
/** Tiers: who gets what, and from when, as a real table. */

import { h } from '../dom.js';
import { name, soft } from './parts.js';

/** @typedef {import('./panel.js').Panel} Panel */
/** @typedef {import('../../types/contract.js').Tier} Tier */
/** @typedef {import('../../types/contract.js').TierGroup} TierGroup */

/** @param {Panel} panel */
export const tiers = (panel) => panel.program.tier_groups.map((group) => table(panel, group));

/**
 * @param {Panel} panel
 * @param {TierGroup} group
 */
function table(panel, group) {
  const { t, state: { card } } = panel;
  const held = card?.tiers.find((tier) => tier.group === group.id)?.id;
  return h(
    'table',
    h('thead', h('tr', ['tier', 'from', 'benefits'].map((key) => h('th', { scope: 'col' }, t(key))))),
    h('tbody', group.tiers.map((tier) => {
      const current = tier.id === held;
      return h('tr', { 'aria-current': current && 'true' },
        h('th', { scope: 'row' }, name(tier.name), current && soft(t('current'))),
        h('td', from(panel, group, tier)),
        h('td', h('ul', benefits(panel, tier).map((benefit) => h('li', benefit)))));
    })),
  );
}

/**
 * @param {Panel} panel
 * @param {TierGroup} group
 * @param {Tier} tier
 */
function from(panel, group, { at, invite_only: invited, conditional }) {
  if (at?.amount) return panel.amountOf(group.id, at.amount);
  return panel.t(invited ? 'invited' : conditional ? 'conditional' : 'start');
}

/**
 * @param {Panel} panel
 * @param {Tier} tier
 */
function benefits(panel, { multiply, entry, perks }) {
  const { t, number, word } = panel;
  return [
    ...Object.entries(multiply ?? {}).map(([unit, factor]) =>
      t('times', { factor: number(/** @type {any} */ (factor)), word: word(2, unit) })),
    ...(entry ?? []).map(({ unit, add }) => t('entry', { points: panel.points(add, unit) })),
    ...(perks ?? []).map(({ text }) => name(text)),
  ];
}
