// @ts-check
/**
 * The dialog around the panel: opening, closing, and which of the platform's two ways is used.
 *
 * Wide screens use `popover="auto"`, toggled by the launcher as its invoker (a script toggle there
 * closes and reopens): top layer, Escape and click-outside for free, the page stays usable. Phones
 * use `showModal()`, because only that makes the rest inert. The way is chosen before opening.
 */

import { h } from '../dom.js';

const PHONE = '(max-width:600px)';

/**
 * @param {import('../laurel-widget.js').Link} given
 * @param {(shown: boolean) => void} settled called once for each opening and closing
 */
export function frame({ root, button: launcher }, settled) {
  const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { part: 'panel', tabindex: -1, 'aria-labelledby': 'title' }));
  const shadow = /** @type {ShadowRoot} */ (root.getRootNode());
  let shown = false;
  /** @type {any} where the focus goes back to */
  let back;

  /** @returns {boolean} whether this is a phone */
  const arrange = () => {
    const phone = matchMedia(PHONE).matches;
    if (!shown) {
      back = shadow.activeElement ?? document.activeElement;
      dialog.popover = phone ? null : 'auto';
      launcher.popoverTargetElement = phone ? null : dialog;
    }
    return phone;
  };

  /** Bring everything in line with whether the dialog is open now; harmless when repeated. */
  const settle = () => {
    const now = dialog.matches(':popover-open,[open]');
    if (now === shown) return;
    shown = now;
    launcher.ariaExpanded = `${shown}`;
    settled(shown);
    // The platform does not return the focus from a dialog that is a popover. What the shopper has
    // clicked elsewhere keeps it.
    if (!shown && document.activeElement?.contains(shadow.host)) back.focus();
  };

  const open = () => {
    if (shown) return;
    if (arrange()) dialog.showModal();
    else dialog.showPopover();
    settle();
  };

  const close = () => {
    if (dialog.open) dialog.close();
    else if (shown) dialog.hidePopover();
    settle();
  };

  root.querySelector('dialog')?.remove();
  root.append(dialog);
  dialog.ontoggle = dialog.onclose = settle;
  dialog.onclick = (event) => {
    // On a phone the backdrop is the dialog's own; a popover never gets here.
    if (event.target === dialog && dialog.open) close();
  };
  launcher.onclick = () => {
    if (arrange()) open();
  };
  arrange();
  return { dialog, open, close, shown: () => shown };
}
