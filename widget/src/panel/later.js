// @ts-check
/**
 * The views that nobody sees first. They come once the panel is open, in a chunk of their own, so
 * that showing intent costs less. Rewards wait for the whole card anyway, which is asked for at
 * the same moment.
 */

export { history } from './history.js';
export { rewards } from './rewards.js';
export { tiers } from './tiers.js';
