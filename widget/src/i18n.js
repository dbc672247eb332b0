// @ts-check
/**
 * Words, numbers, money and dates in the shopper's language, by `Intl` and one flat file a language.
 *
 * Pure. Formatters are made once and kept: the first use of `Intl` costs up to 18 ms, which is why
 * nothing here is called before the shopper shows intent.
 */

/** @typedef {Record<string, string | Record<string, string>>} Messages */
/** @typedef {(key: string, values?: Record<string, string | number>) => string} Translate */
/** @typedef {import('../types/contract.js').Money} Money */
/** @typedef {import('../types/contract.js').Unit} Unit */

/** Currencies without a minor unit, and with thousandths (ISO 4217; `Intl` follows CLDR, which differs for some). */
const WHOLE = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THOUSANDTHS = 'BHD IQD JOD KWD LYD OMR TND';

/**
 * Digits of a currency's minor unit.
 * @param {string} currency
 * @returns {number}
 */
export const minorDigits = (currency) => (WHOLE.includes(currency) ? 0 : THOUSANDTHS.includes(currency) ? 3 : 2);

/**
 * Everything that puts words and numbers into one locale.
 * @param {Messages} messages
 * @param {string} locale a BCP 47 tag
 */
export function language(messages, locale) {
  /** @type {Record<string, any>} */
  const kept = {};
  /**
   * @param {'NumberFormat' | 'DateTimeFormat' | 'PluralRules'} kind
   * @param {object} [options]
   * @returns {any}
   */
  const by = (kind, options) => (kept[kind + JSON.stringify(options)] ??= new /** @type {any} */ (Intl)[kind](locale, options));
  /** @param {number} value */
  const number = (value) => by('NumberFormat').format(value);
  /**
   * @param {string | Record<string, string>} forms
   * @param {number} count
   */
  const plural = (forms, count) => /** @type {any} */ (forms)[by('PluralRules').select(count)] ?? /** @type {any} */ (forms).other ?? forms;
  /**
   * Only the word for so many: it comes from the program.
   * @param {number} count
   * @param {Unit | undefined} unit
   */
  const word = (count, unit) => plural(unit?.name ?? '', count);

  return {
    number,
    word,
    /**
     * The text of a key with its `{names}` filled; `n` chooses the plural form. What is filled in
     * is isolated, so that a name in another script does not reorder the sentence around it.
     * @type {Translate}
     */
    t: (key, values = {}) =>
      plural(messages[key] ?? '', /** @type {number} */ (values.n)).replace(/{(\w+)}/g, (/** @type {string} */ _, /** @type {string} */ name) =>
        `\u2068${name === 'n' ? number(/** @type {number} */ (values.n)) : values[name]}\u2069`),
    /** @param {Money} value minor units */
    money: ({ amount, currency }) =>
      by('NumberFormat', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' })
        .format(amount / 10 ** minorDigits(currency)),
    /**
     * @param {string} iso
     * @param {'short'} [timeStyle] with the time of day
     */
    date: (iso, timeStyle) => by('DateTimeFormat', { dateStyle: 'medium', timeStyle }).format(new Date(iso)),
  };
}

/** @typedef {ReturnType<typeof language>} Language */
