// @ts-check
/** Rewards: the member's codes, and what points buy. Redeeming asks before it spends. */

import { h } from '../dom.js';
import { chosen, openCodes, rewardRows, undoable } from '../state.js';
import { bar, button, name, soft } from './parts.js';
import { chooser } from './steps.js';

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
  const { id, cost, state, steps, min_order } = reward;
  const least = cost ? panel.points(cost.amount, cost.unit) : t('free');
  const price = steps && steps.most > steps.least ? t('at_least', { points: least }) : least;
  return h(
    'li.card',
    { id: `offer-${id}` },
    h('div.row', h('h3', name(reward.name)), h('span.price', price)),
    min_order && soft(t('min_order', { money: money(min_order) })),
    panel.asking?.id === id ? question(panel, reward) : state && standing(panel, reward, least),
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
    return button(`redeem-${id}`, 'plain', t('redeem'), () => panel.ask(id, state.steps?.least), { 'aria-label': `${t('redeem')}: ${reward}` });
  }
  if (!cost || !state?.missing) return soft(panel.explain({ status: 409, code: state?.reason }));
  const short = t('short', { points: panel.points(state.missing, cost.unit) });
  return [bar(1 - state.missing / cost.amount, price, short), soft(short)];
}

/**
 * "Spend 50 points on this?"
 * @param {Panel} panel
 * @param {RewardRow} row
 */
function question(panel, row) {
  const { t, state: { card }, asking } = panel;
  const { id, name: reward, cost } = row;
  const { amount } = chosen(row, asking?.steps);
  return [
    chooser(panel, row),
    h('p', { id: 'ask' },
      h('strong', t(cost ? 'ask' : 'ask_free', { points: cost ? panel.points(amount, cost.unit) : '', reward })), ' ',
      cost && t('left', { points: panel.points((card?.points[cost.unit]?.available ?? 0) - amount, cost.unit) })),
    h('div.row',
      button(`yes-${id}`, 'primary', t('yes'), () => panel.redeem(), { 'aria-describedby': 'ask' }),
      button(`no-${id}`, 'plain', t('no'), () => panel.ask(null))),
  ];
}
