// @ts-check
/** Registers `<laurel-widget>`; importing `laurel-widget.js` alone has no side effect. */

import { LaurelWidget } from './laurel-widget.js';

if (!customElements.get('laurel-widget')) customElements.define('laurel-widget', LaurelWidget);

export { LaurelWidget };
