// @ts-check
/** History: every movement in the server's own words, newest first, page by page. */

import { h } from '../dom.js';
import { button, name, soft } from './parts.js';

/** @typedef {import('./panel.js').Panel} Panel */

/** @param {Panel} panel */
export function history({ t, date, number, past: { entries, cursor }, more }) {
  return [
    entries[0]
      ? h('ol', entries.map(({ seq, sentence, occurred_at, points }) =>
          h('li.entry', { id: `entry-${seq}`, tabindex: -1 },
            h('div', h('p', name(sentence)), h('time.soft', date(occurred_at))),
            h(points < 0 ? 'span.soft' : 'span.price', name((points > 0 ? '+' : '') + number(points))))))
      : soft(t('empty_history')),
    cursor && button('more', 'plain', t('more'), () => more()),
  ];
}
