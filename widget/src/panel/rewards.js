// @ts-check
/** Rewards: the member's codes, and what points buy. Redeeming asks before it spends. */

import { h } from '../dom.js';
import { openCodes, rewardRows, undoable } from '../state.js';
import { bar, button, name, soft } from './parts.js';

/** @typedef {import('./panel.js').Panel} Panel */
/** @typedef {import('../../types/contract.js').Code} Code */
/** @typedef {import('../../types/contract.js').RewardRow} RewardRow */

/** @param {Panel} panel */
export function rewards(panel) {
  const { t, state: { card }, program } = panel;
  const codes = openCodes(card);
  const rows = rewardRows(program, card);
  return [
    codes[0] && h('section.list', h('h3', t('codes')), h('ul', codes.map((code) => ticket(panel, code)))),
    rows[0] ? h('ul', rows.map((reward) => offer(panel, reward))) : soft(t('empty_rewards')),
  ];
}

/**
 * @param {Panel} panel
 * @param {Code} code
 */
function ticket(panel, code) {
  const { t, date, program } = panel;
  const { redemption_id: id, reward_id, expires_at, undo_until } = code;
  return h(
    'li.card ticket',
    { id: `code-${id}` },
    h('h3', name(program.rewards.find((reward) => reward.id === reward_id)?.name ?? reward_id)),
    h('div.row', code.code
      ? [h('bdi.code', { dir: 'ltr' }, code.code),
        button(`copy-${id}`, 'primary', t(panel.copiedOf === id ? 'copied' : 'copy'), () => panel.copy(code))]
      : [t('making'), button(`copy-${id}`, 'plain', t('check'), () => panel.again())]),
    soft(expires_at && t('until', { date: date(expires_at) })),
    undoable(code, panel.widget.now()) && h('div.row',
      h('span.soft', t('undo_until', { date: date(/** @type {string} */ (undo_until), 'short') })),
      button(`undo-${id}`, 'quiet', t('undo'), () => panel.undo(code))),
  );
}

/**
 * @param {Panel} panel
 * @param {RewardRow} reward
 */
function offer(panel, reward) {
  const { t, money } = panel;
  const { id, cost, state, min_order } = reward;
  const price = cost ? panel.points(cost.amount, cost.unit) : t('free');
  return h(
    'li.card',
    { id: `offer-${id}` },
    h('div.row', h('h3', name(reward.name)), h('span.price', price)),
    min_order && soft(t('min_order', { money: money(min_order) })),
    panel.asking?.id === id ? question(panel, reward, price) : state && standing(panel, reward, price),
  );
}

/**
 * A reward at rest: redeem it, or see what is missing.
 * @param {Panel} panel
 * @param {RewardRow} reward
 * @param {string} price
 */
function standing(panel, { id, name: reward, cost, state }, price) {
  const { t } = panel;
  if (state?.affordable) {
    return button(`redeem-${id}`, 'plain', t('redeem'), () => panel.ask(id), { 'aria-label': `${t('redeem')}: ${reward}` });
  }
  if (!cost || !state?.missing) return soft(panel.explain({ status: 409, code: state?.reason }));
  const short = t('short', { points: panel.points(state.missing, cost.unit) });
  return [bar(1 - state.missing / cost.amount, price, short), soft(short)];
}

/**
 * "Spend 50 points on this?"
 * @param {Panel} panel
 * @param {RewardRow} reward
 * @param {string} price
 */
function question(panel, { id, name: reward, cost }, price) {
  const { t, state: { card } } = panel;
  return [
    h('p', { id: 'ask' },
      h('strong', t(cost ? 'ask' : 'ask_free', { points: price, reward })), ' ',
      cost && t('left', { points: panel.points((card?.points[cost.unit]?.available ?? 0) - cost.amount, cost.unit) })),
    h('div.row',
      button(`yes-${id}`, 'primary', t('yes'), () => panel.redeem(), { 'aria-describedby': 'ask' }),
      button(`no-${id}`, 'plain', t('no'), () => panel.ask(null))),
  ];
}
