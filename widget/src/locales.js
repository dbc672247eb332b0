// @ts-check
/**
 * The shipped languages, as far as the launcher needs them: which one a page gets, its direction,
 * and the one word that a guest sees. Everything else is in `locales/`.
 */

/** @type {Record<string, string>} */
export const LABELS = { en: 'Rewards', hu: 'Jutalmak', fa: 'جایزه‌ها' };

/**
 * The shipped language nearest to a tag, English when there is none.
 * @param {string} tag
 */
export const nearest = (tag) => {
  const base = /** @type {string} */ (tag.split('-')[0]);
  return base in LABELS ? base : 'en';
};

/** @param {string} locale a shipped language */
export const direction = (locale) => (locale === 'fa' ? 'rtl' : 'ltr');
