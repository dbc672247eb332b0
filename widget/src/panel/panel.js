// @ts-check
/**
 * The panel: what is shown, in which view, and where the focus goes.
 *
 * One render function makes the tree anew and `morph` fits it to what stands there, so focus,
 * scroll and transitions survive. What the shopper can do is in `actions.js`; each view is a
 * function in a file of its own. A closure and not a class: its names cost nothing when minified.
 */

import panelCss from '../styles/panel.css.js';
import { h } from '../dom.js';
import { language } from '../i18n.js';
import { actions, nothing } from './actions.js';
import { frame } from './frame.js';
import { home } from './home.js';
import { morph } from './morph.js';
import { button, link, name } from './parts.js';

/** @typedef {import('../laurel-widget.js').Link} Link */
/** @typedef {import('../laurel-widget.js').State} State */
/** @typedef {import('../dom.js').Child} Child */
/** @typedef {import('../i18n.js').Language} Language */
/** @typedef {import('../../types/contract.js').Problem} Problem */
/** @typedef {import('../../types/contract.js').Program} Program */
/** @typedef {import('../../types/contract.js').Unit} Unit */

/**
 * @typedef {object} Face what the panel is to the element, its views and its actions
 * @property {Link} given
 * @property {Link['widget']} widget
 * @property {State} state
 * @property {Program} program views run only when there is one
 * @property {(count: number, unit: string) => string} word only the word for so many
 * @property {(count: number, unit: string) => string} points
 * @property {(group: string, amount: number) => string} amountOf what a tier group counts: money or points
 * @property {(problem: Problem) => string} explain a kind sentence for what went wrong
 * @property {(view?: string) => void} open
 * @property {() => void} close
 * @property {(view: string) => void} show
 * @property {() => void} update the card, the person or the program may have changed
 * @property {() => void} render
 * @property {(...ids: string[]) => void} focus the first of these that exists, else the selected tab
 * @property {() => void} again ask for everything again
 */
/** @typedef {Face & Omit<Language, 'word'>} Speaking */
/** @typedef {Speaking & ReturnType<typeof nothing> & ReturnType<typeof actions>} Panel */

const sheet = new CSSStyleSheet();
sheet.replaceSync(panelCss);

/** @type {Record<string, () => Promise<{default: import('../i18n.js').Messages}>>} */
const LOCALES = {
  en: () => import('../locales/en.js'),
  hu: () => import('../locales/hu.js'),
  fa: () => import('../locales/fa.js'),
};
/** @type {Record<string, null | ((panel: Panel) => (Child | Child[])[])>} in the order of the tabs; null: not here yet */
const VIEWS = { home, rewards: null, tiers: null, history: null };

/**
 * Bring the panel into the widget; it shows itself when opened.
 * @param {Link} given
 * @returns {Promise<Panel>}
 */
export async function mount(given) {
  const { root, state, widget } = given;
  const { default: messages } = await /** @type {() => Promise<any>} */ (LOCALES[root.lang])();
  const words = language(messages, state.tag.startsWith(root.lang) ? state.tag : root.lang);
  const { t } = words;
  const shadow = /** @type {ShadowRoot} */ (root.getRootNode());
  shadow.adoptedStyleSheets.push(sheet);

  let view = 'home';
  let { who } = state;
  /** The version that the program was asked for at; 0 when no card names one. */
  let asked = -1;
  /** @type {Problem | undefined} what asking for the program came to */
  let problem;

  const box = frame(given, (shown) => {
    panel.asking = null;
    panel.said = '';
    panel.update();
    panel.focus();
    if (shown) bring();
    given.emit(shown ? 'open' : 'close');
  });

  /** @type {Speaking & ReturnType<typeof nothing>} */
  const face = {
    ...words,
    ...nothing(),
    given,
    widget,
    state,
    get program() {
      return /** @type {Program} */ (state.program);
    },
    word: (count, unit) => words.word(count, panel.program.units.find(({ id }) => id === unit)),
    points: (count, unit) => `${words.number(count)} ${panel.word(count, unit)}`,
    amountOf(group, amount) {
      const { program, tier_groups } = panel.program;
      const { by, unit } = tier_groups.find(({ id }) => id === group) ?? {};
      if (by === 'spend') return words.money({ amount, currency: program.currency });
      return unit ? panel.points(amount, unit) : words.number(amount);
    },
    explain({ status, code }) {
      return t([`e_${status}`, `e_${code}`].find((key) => key in messages) ?? 'e_other');
    },
    open(to) {
      box.open();
      if (to) panel.show(to);
    },
    close: box.close,
    show(to) {
      view = to;
      panel.said = '';
      panel.render(); // a view that is not to be had becomes home
      panel.focus();
      if (view === 'history') panel.more(true);
    },
    update() {
      if (state.who !== who) Object.assign(panel, nothing());
      ({ who } = state);
      if (box.shown() || state.token) load();
      panel.render();
    },
    render,
    focus(...ids) {
      if (box.shown()) [...ids, `tab-${view}`].map((id) => shadow.getElementById(id)).find(Boolean)?.focus();
    },
    again() {
      problem = undefined;
      asked = -1;
      bring();
      widget.refresh();
      load();
    },
  };
  const panel = Object.assign(face, actions(face));

  const tabs = () => Object.keys(VIEWS).filter((one) => one !== 'history' || state.card?.member);

  function render() {
    if (!tabs().includes(view)) view = 'home';
    const before = shadow.activeElement;
    morph(box.dialog, /** @type {Node[]} */ ([
      h('header', h('h2', { id: 'title' }, name(state.program?.program.name ?? t('rewards'))),
        button('close', 'quiet', '✕', box.close, { 'aria-label': t('close') })),
      h('div.tabs', { role: 'tablist', onkeydown: arrow }, tabs().map((one) =>
        h('button', {
          id: `tab-${one}`, part: 'tab', role: 'tab', 'aria-selected': `${one === view}`,
          tabindex: one === view ? 0 : -1, onclick: () => panel.show(one),
        }, t(one)))),
      warning(),
      h('div.body', { id: 'body', role: 'tabpanel', tabindex: 0, 'aria-labelledby': `tab-${view}` },
        h('div.view', { id: view }, content())),
      h('p', { id: 'said', role: 'status' }, panel.said),
    ].filter(Boolean)));
    shadow.getElementById(panel.busy)?.setAttribute('aria-disabled', 'true');
    // What had the focus is gone: the panel keeps it, else Escape would do nothing.
    if (before && !before.isConnected) panel.focus();
  }

  const trouble = () => problem ?? state.problem;

  function content() {
    const { card, token, program } = state;
    const failed = trouble();
    // Home shows what the launcher's card has; rewards wait for the whole card or for its failure.
    const known = token === null || failed?.status === 401 ||
      (card && (view !== 'rewards' || !card.member || card.rewards || failed));
    const show = VIEWS[view];
    if (show && program && known && (view !== 'history' || panel.past.cursor !== undefined)) return show(panel);
    return failed ? [] : [h('div.wait', t('loading'))];
  }

  /** What went wrong, and the way on. */
  function warning() {
    const failed = trouble();
    return failed && h('div.row', { id: 'warning' }, panel.explain(failed),
      (failed.status === 401 && link(panel, 'quiet', 'login-url', t('login'))) || button('retry', 'quiet', t('retry'), panel.again));
  }

  /** @param {KeyboardEvent} event */
  function arrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = tabs();
    if (step) panel.show(/** @type {string} */ (all.at((all.indexOf(view) + (root.dir === 'rtl' ? -step : step)) % all.length)));
  }

  /** The views that are not here yet. The browser keeps what it has imported: only the first time asks. */
  async function bring() {
    try {
      Object.assign(VIEWS, await import('./later.js'));
    } catch (error) {
      problem = { status: 0 };
      given.emit('error', error);
    }
    panel.render();
  }

  /**
   * The program in the shopper's language. The browser's cache is the copy for when the API is
   * down: a member's card says when that copy is outdated, a guest's is asked for by its age.
   */
  async function load() {
    const version = state.card?.program_version ?? 0;
    if (version <= Math.max(asked, state.program?.program.version ?? -1)) return;
    asked = version; // once: the CDN may lag behind the card
    const cache = state.program ? 'no-cache' : state.token ? 'force-cache' : 'default';
    try {
      state.program = await given.ask(widget, `program?locale=${state.tag}`, undefined, { cache });
    } catch (error) {
      if (!state.program) problem = /** @type {Problem} */ (error);
      given.emit('error', error);
    }
    panel.update();
  }

  panel.update();
  return panel;
}
