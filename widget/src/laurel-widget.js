// @ts-check
/**
 * `<laurel-widget>`: the launcher and the life of the element; no side effect on import.
 *
 * Before anyone shows intent this is all there is: one button, one request for a signed-in shopper,
 * none for a guest. The panel (dialog, focus, views) comes on pointerenter or focus. The trick to
 * its size: whatever can wait for intent lives in `panel/`. It never polls.
 */

import { ask } from './api.js';
import { keepCard, keptCard, renewedToken } from './identity.js';
import { direction, LABELS, nearest } from './locales.js';
import { fraction, subjectHash } from './state.js';
import launcherCss from './styles/launcher.css.js';

/** @typedef {import('../types/contract.js').Card} Card */
/** @typedef {import('../types/contract.js').Program} Program */
/** @typedef {import('../types/contract.js').Problem} Problem */
/** @typedef {import('../types/contract.js').WidgetData} WidgetData */
/** @typedef {import('./panel/panel.js').Panel} Panel */

/**
 * What the launcher and the panel both know; one object, shared.
 * @typedef {object} State
 * @property {Card} [card]
 * @property {Program} [program]
 * @property {Problem} [problem] what the last card request came to
 * @property {string | null} [token] undefined until asked for, null for a guest
 * @property {string | null} [who] shop and hash of the token's subject
 * @property {boolean} [full] ask for whole cards from now on
 * @property {string} tag the language wanted
 *
 * @typedef {object} Link
 * @property {LaurelWidget} widget
 * @property {State} state
 * @property {HTMLElement} root
 * @property {HTMLButtonElement} button
 * @property {typeof ask} ask
 * @property {(name: string, detail?: unknown) => boolean} emit
 * @property {(card: Card) => void} take
 */

/** A card older than this is asked for again when the tab becomes visible, milliseconds. */
const STALE_MS = 60_000;

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {object} properties
 */
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

/**
 * Points, tiers and rewards of a Laurel program.
 *
 * @attr shop - the shop's id
 * @attr token - the shopper's token, only on pages that are never cached
 * @attr token-url - where the shop answers `{"token": string | null}`; preferred to `token`
 * @attr api - origin of the API; the page's own when absent
 * @attr lang - language; the page's when absent
 * @attr label - text of the launcher for guests
 * @attr position - `end` (default) or `start`
 * @attr launcher - `none` hides the launcher
 * @attr scheme - `auto` (default), `light` or `dark`
 * @attr login-url - where a guest signs in
 * @attr register-url - where a guest joins
 * @attr terms-url - the program's terms
 * @fires laurel-ready - the launcher shows what is true
 * @fires laurel-open - the panel opened
 * @fires laurel-close - the panel closed
 * @fires laurel-redeem - before points are spent; cancelable
 * @fires laurel-redeemed - after, with the redemption and its code
 * @fires laurel-error - a Problem
 * @csspart launcher - the button
 * @csspart panel - the dialog
 * @csspart progress - every progress bar
 * @csspart tab - every tab
 * @cssprop --laurel-accent - colour of buttons and progress
 * @cssprop --laurel-on-accent - colour on the accent
 * @cssprop --laurel-font - font family
 * @cssprop --laurel-radius - corner radius
 */
export class LaurelWidget extends HTMLElement {
  static observedAttributes = ['shop', 'token', 'token-url', 'lang'];

  /** Replaceable in tests; called as a plain function. @param {string} url @param {RequestInit} init */
  fetch = (url, init) => fetch(url, init);
  /** Replaceable in tests; milliseconds. */
  now = () => Date.now();

  #text = make('span', {});
  #ring = make('i', { className: 'ring' });
  #button = make('button', {
    className: 'launcher',
    part: 'launcher',
    hidden: true,
    ariaHasPopup: 'dialog',
    ariaExpanded: 'false',
    onclick: () => this.open(),
  });
  #root = make('div', { className: 'root' });
  /** @type {State} */
  #state = { tag: '' };
  /** @type {Promise<Panel | void> | undefined} */
  #panel;
  #turn = 0;
  #askedAt = 0;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(launcherCss);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#root);
    this.#root.append(this.#button);
    this.#button.append(this.#ring, this.#text);
    this.#button.onpointerenter = this.#button.onfocus = () => this.#intent();
  }

  connectedCallback() {
    document.addEventListener('visibilitychange', this);
    document.addEventListener('click', this);
    // Set before the class arrived, `data` is a plain property in front of the accessor.
    if (Object.hasOwn(this, 'data')) {
      const { data } = this;
      delete (/** @type {any} */ (this).data);
      this.data = data;
    } else this.refresh();
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this);
    document.removeEventListener('click', this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.refresh();
  }

  /**
   * Clicks on `data-laurel-open` links anywhere, and the tab's return.
   * @param {Event} event
   */
  handleEvent(event) {
    if (event.type === 'click') {
      /** @type {HTMLElement | null} */
      const link = /** @type {Element} */ (event.target).closest('[data-laurel-open]');
      if (link) {
        event.preventDefault();
        this.open(link.dataset.laurelOpen);
      }
    } else if (!document.hidden && this.now() - this.#askedAt > STALE_MS) this.refresh();
  }

  /** What is shown. Setting it shows a card (and a program) without asking for one. */
  get data() {
    return this.#state;
  }

  /** @param {WidgetData} data */
  set data({ card, program }) {
    this.#turn++;
    Object.assign(this.#state, { card, program, token: this.getAttribute('token') });
    this.#paint();
  }

  /**
   * Open the panel, at a view when one is named.
   * @param {string} [view] home, rewards, tiers or history
   */
  async open(view) {
    (await this.#intent())?.open(view);
  }

  /** Close the panel. */
  close() {
    this.#panel?.then((panel) => panel?.close());
  }

  /** Ask again who is shopping and what they have: after a purchase, log-in or log-out without a reload. */
  async refresh() {
    const turn = ++this.#turn;
    const state = this.#state;
    this.#askedAt = this.now();
    this.#paint();
    try {
      await null; // of several attributes that change together, the last one's call goes on
      if (turn !== this.#turn) return;
      const token = (await renewedToken(this)) || null;
      if (turn !== this.#turn) return;
      const who = token && `${this.getAttribute('shop')} ${subjectHash(token)}`;
      if (who !== state.who) state.card = keptCard(who);
      Object.assign(state, { token, who, problem: undefined });
      this.#paint();
      if (!token) return;
      const view = state.full ? 'full' : 'launcher';
      const card = await ask(this, 'card', { token, locale: state.tag, view });
      if (turn !== this.#turn) return;
      // The launcher's card has these empty: it knows nothing of them.
      if (view !== 'full') {
        delete card.rewards;
        delete card.codes;
      }
      this.#take(card);
    } catch (problem) {
      if (turn !== this.#turn) return;
      state.problem = /** @type {Problem} */ (problem);
      this.#emit('error', problem);
      this.#paint();
    }
  }

  /** @param {Card} card */
  #take(card) {
    const state = this.#state;
    state.card = { ...state.card, ...card };
    if (state.who) keepCard(state.who, state.card);
    this.#paint();
  }

  #paint() {
    const state = this.#state;
    const { card } = state;
    const tag = this.lang || document.documentElement.lang;
    const locale = nearest(tag);
    const moved = this.#panel && tag !== state.tag;
    state.tag = tag;
    this.#root.lang = locale;
    this.#root.dir = direction(locale);
    if (moved) {
      this.#panel = state.program = undefined;
      this.#intent();
    }
    this.#text.textContent =
      (card?.member && Object.values(card.points)[0]?.text) || this.getAttribute('label') || /** @type {string} */ (LABELS[locale]);
    this.#ring.style.setProperty('--fill', /** @type {any} */ (fraction(card?.tiers[0]?.progress)));
    // A shopper whose card cannot be had gets no launcher rather than a wrong one.
    if (this.#button.hidden && (card || state.token === null || state.problem?.status === 401)) {
      this.#button.hidden = false;
      this.#emit('ready');
    }
    this.#panel?.then((panel) => panel?.update());
  }

  /** Bring the panel's code, and for a signed-in shopper the whole card. */
  #intent() {
    const state = this.#state;
    this.#panel ??= import('./panel/panel.js')
      .then(({ mount }) => mount(this.#link))
      .catch((problem) => {
        this.#panel = undefined; // the next intent tries again
        this.#emit('error', problem);
      });
    if (!state.full) {
      state.full = true;
      if (state.token) this.refresh();
    }
    return this.#panel;
  }

  /**
   * @param {string} name
   * @param {unknown} [detail]
   * @returns {boolean} false when a listener called preventDefault
   */
  #emit = (name, detail) =>
    this.dispatchEvent(new CustomEvent(`laurel-${name}`, { bubbles: true, composed: true, cancelable: true, detail }));

  /** What the panel may use of the element. */
  #link = {
    widget: this,
    state: this.#state,
    root: this.#root,
    button: this.#button,
    ask,
    emit: this.#emit,
    take: (/** @type {Card} */ card) => this.#take(card),
  };
}
