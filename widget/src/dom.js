// @ts-check
/**
 * The whole "framework": make an element.
 *
 * Text becomes text nodes, functions become properties, everything else becomes attributes. Never
 * markup from strings: the widget runs where Trusted Types forbid that.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Props */

/**
 * Make an element: `h('p.soft', { id: 'a' }, 'text')`. The attributes may be left out. `fill` (0 to 1)
 * becomes the custom property `--fill`, because a `style` attribute would break a strict content
 * security policy and the CSSOM does not.
 * @param {string} tag the element's name, with one class behind a dot
 * @param {Props | Child | (Child | Child[])[]} [first] attributes (null, undefined and false are left out) or a child
 * @param {...(Child | Child[] | (Child | Child[])[])} children
 * @returns {HTMLElement}
 */
export function h(tag, first, ...children) {
  const [name = '', kind] = tag.split('.');
  /** @type {any} */
  const element = document.createElement(name);
  if (kind) element.className = kind;
  if (first?.constructor === Object) {
    for (const [key, value] of Object.entries(first)) {
      if (key === 'fill') element.style.setProperty('--fill', value);
      else if (typeof value === 'function') element[key] = value;
      else if (value != null && value !== false) element.setAttribute(key, value);
    }
  } else children.unshift(/** @type {Child} */ (first));
  element.append(...children.flat(2).filter(Boolean));
  return element;
}
