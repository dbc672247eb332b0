// @ts-check
/**
 * The views that nobody sees first. They come once the panel is open, in a chunk of their own, so
 * that showing intent costs less.
 */

export { history } from './history.js';
export { tiers } from './tiers.js';
