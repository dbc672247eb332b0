// @ts-check
/**
 * How many steps of a reward to take: a slider with a button at each end, because a thumb on a
 * phone can't hit one step among hundreds.
 *
 * It starts at the least, which is the price that the reward shows: more is spent only by choosing
 * it. It ends at what the member can pay. Once asked for, the choice stands: the next try repeats
 * the same request, so that a lost answer never spends twice.
 */

import { h } from '../dom.js';
import { chosen } from '../state.js';
import { button } from './parts.js';

/** @typedef {import('./panel.js').Panel} Panel */
/** @typedef {import('../../types/contract.js').RewardRow} RewardRow */

/**
 * The chooser of the reward that is asked about; left out where there is nothing to choose.
 * @param {Panel} panel
 * @param {RewardRow} reward
 */
export function chooser(panel, reward) {
  const { t, asking } = panel;
  const { id, cost, state } = reward;
  const { least = 0, best = 0 } = state?.steps ?? {};
  if (!asking || !cost || best <= least) return;
  const steps = asking.steps ?? least;
  const { amount, value } = chosen(reward, steps);
  const points = panel.points(amount, cost.unit);
  const text = value ? t('worth', { points, money: panel.money(value) }) : points;
  /**
   * @param {string} name
   * @param {string} sign
   * @param {number} by
   */
  const nudge = (name, sign, by) => button(`${name}-${id}`, 'plain', sign, (/** @type {MouseEvent} */ event) => {
    const slider = /** @type {HTMLInputElement} */ (/** @type {Element} */ (event.currentTarget).parentElement?.children[1]);
    // The slider itself moves: what a shopper has touched no longer follows its attribute.
    if (!slider.disabled) slider.stepUp(by);
    panel.choose(+slider.value);
  }, { 'aria-label': t(name), 'aria-disabled': (asking.sent || steps === (by < 0 ? least : best)) && 'true' });
  return [
    h('div.row', h('label.soft', { for: `steps-${id}` }, t('how_many')), h('span.price', text)),
    h('div.row',
      nudge('less', '−', -1),
      h('input', {
        id: `steps-${id}`, type: 'range', min: least, max: best, value: steps, disabled: asking.sent,
        'aria-valuetext': text, oninput: ({ target }) => panel.choose(+target.value),
      }),
      nudge('plus', '+', 1)),
  ];
}
