// @ts-check
/**
 * One request to the storefront API, and what went wrong with it as a `Problem`.
 *
 * Bodies go out as text, so the browser calls them simple requests and sends no preflight; the
 * token travels inside. Nothing is retried here: who calls knows whether a second try is safe.
 */

/** @typedef {import('../types/contract.js').Problem} Problem */
/** @typedef {HTMLElement & {
 *   fetch: (url: string, init: RequestInit) => Promise<Response>,
 *   tokenProvider?: () => Promise<string | null>}} Asker */

/** Longest wait for an answer, milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Ask, and give the JSON of a good answer.
 * @param {Asker} widget
 * @param {string} path below the shop's storefront
 * @param {object} [body] POST when given, else GET
 * @param {RequestInit} [more]
 * @returns {Promise<any>}
 * @throws {Problem} status 0 and no code when no answer came
 */
export async function ask(widget, path, body, more) {
  let status = 0;
  let answer;
  try {
    const response = await widget.fetch(
      `${widget.getAttribute('api') ?? ''}/v1/storefront/${widget.getAttribute('shop')}/${path}`,
      { method: body && 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS), ...more },
    );
    status = response.status;
    answer = await response.json();
  } catch {
    // No answer, or not one of ours: the Problem below says what little is known.
  }
  if (status < 300 && answer) return answer;
  throw { ...answer, status };
}
