// @ts-check
/**
 * What a shopper can do in the panel: redeem (asked first), undo, join, copy, page through history.
 *
 * One action at a time, named after its button, which is marked busy meanwhile (never `disabled`:
 * that would lose the focus). A redemption keeps its idempotency key until the server has decided,
 * so a second try after a lost answer never spends twice. Each action names where the focus goes.
 */

import { undecided, withRedemption } from '../state.js';

/** @typedef {import('../../types/contract.js').Code} Code */
/** @typedef {import('../../types/contract.js').Card} Card */
/** @typedef {import('../../types/contract.js').Entry} Entry */
/** @typedef {import('../../types/contract.js').Problem} Problem */

const PAGE = 20;

/**
 * Pages of history; cursor undefined: not asked yet, null: no more.
 * @typedef {{entries: Entry[], cursor?: string | null}} Past
 */

/**
 * What the shopper was asked about: the reward, how many steps of it, and whether the request has
 * gone out: then it stays as it is until it is answered.
 * @typedef {{id: string, key: string, steps?: number, sent?: boolean}} Asking
 */

/** The state that a new shopper starts with: nothing of the last one stays. */
export const nothing = () => ({
  /** The button of the action under way. */
  busy: '',
  /** What the status region says. */
  said: '',
  /** The redemption whose code was copied last. */
  copiedOf: '',
  /** The reward that the shopper was asked about. */
  asking: /** @type {Asking | null} */ (null),
  past: /** @type {Past} */ ({ entries: [] }),
});

/** @param {import('./panel.js').Speaking & ReturnType<typeof nothing>} panel */
export function actions(panel) {
  const { given, state, widget, t } = panel;

  /**
   * POST for the shopper. A refused token is renewed once; unless that gives a new token of the
   * same person, nothing is done in anybody's name.
   * @param {string} path
   * @param {object} [body]
   */
  const call = async (path, body) => {
    const { who, token } = state;
    const send = () => given.ask(widget, path, { token: state.token, locale: state.tag, ...body });
    try {
      return await send();
    } catch (problem) {
      if (/** @type {Problem} */ (problem).status !== 401) throw problem;
      await widget.refresh();
      if (state.who !== who || state.token === token) throw problem;
      return send();
    }
  };

  /**
   * Do one thing, say what came of it, and put the focus where it belongs.
   * @param {string} name
   * @param {() => Promise<string[] | void>} work gives the ids to focus, the first that exists; or nothing to leave the focus alone
   */
  const act = async (name, work) => {
    if (panel.busy) return;
    panel.busy = name;
    panel.said = '';
    panel.render();
    let focus;
    try {
      focus = await work();
    } catch (error) {
      const problem = /** @type {Problem} */ (error);
      const open = undecided(problem);
      panel.said = panel.asking && open && problem.status !== 401 ? t('e_undecided') : panel.explain(problem);
      if (!open) {
        panel.asking = null; // the next question is a new request
        widget.refresh();
      }
      given.emit('error', problem);
      // To the button itself, or to where the question came from.
      focus = [name, name.replace('yes', 'redeem')];
    }
    panel.busy = '';
    panel.render();
    if (focus) panel.focus(...focus);
  };

  /**
   * @param {any} redemption
   * @param {string} said
   */
  const settle = (redemption, said) => {
    panel.said = said;
    given.take(withRedemption(/** @type {Card} */ (state.card), redemption));
    widget.refresh();
  };

  return {
    /**
     * Ask about a reward, or stop asking.
     * @param {string | null} id
     * @param {number} [steps] of a reward that has them: the least
     */
    ask(id, steps) {
        const focus = id ? `yes-${id}` : `redeem-${panel.asking?.id}`;
      panel.asking = id ? { id, steps, key: crypto.getRandomValues(new Uint32Array(4)).join('-') } : null;
      panel.said = '';
      panel.render();
      panel.focus(focus);
    },

    /**
     * Take so many steps instead.
     * @param {number} steps
     */
    choose(steps) {
      if (panel.asking) panel.asking.steps = steps;
      panel.render();
    },

    /** Spend, as asked. */
    redeem() {
      const asking = /** @type {Asking} */ (panel.asking);
      const { id, key, steps } = asking;
      act(`yes-${id}`, async () => {
        if (!given.emit('redeem', { reward_id: id, steps })) return;
        asking.sent = true;
        panel.render();
        const redemption = await call('redemptions', { idempotency_key: key, reward_id: id, steps });
        const { code, redemption_id, status } = redemption;
        panel.asking = null;
        settle(redemption, status === 'done' ? t('thanks') : code ? t('your_code', { code }) : t('making'));
        given.emit('redeemed', redemption);
        return [`copy-${redemption_id}`];
      });
    },

    /**
     * Take a redemption back.
     * @param {Code} code
     */
    undo({ redemption_id, reward_id }) {
      act(`undo-${redemption_id}`, async () => {
        settle(await call(`redemptions/${redemption_id}/undo`), t('undone'));
        return [`redeem-${reward_id}`];
      });
    },

    join() {
      act('join', async () => {
        const card = await call('join');
        panel.said = t('welcome');
        given.take(card);
        return ['body'];
      });
    },

    /** @param {Code} code */
    async copy({ code, redemption_id }) {
        try {
        await navigator.clipboard.writeText(code ?? '');
        panel.copiedOf = redemption_id;
        panel.said = t('copied');
      } catch {
        // No permission, or no secure page: one tap on the code selects it whole.
        panel.said = t('copy_by_hand');
      }
      panel.render();
    },

    /**
     * The next page of history, or the first one anew.
     * @param {boolean} [anew]
     */
    more(anew) {
        return act('more', async () => {
        const { entries, cursor } = anew ? nothing().past : panel.past;
        const { items, next_cursor } = await call('history', { limit: PAGE, cursor });
        panel.past = { entries: [...entries, ...items], cursor: next_cursor };
        if (!anew && items[0]) return [`entry-${items[0].seq}`];
      });
    },
  };
}
