// @ts-check
/** Elements without markup: the pages run under a policy that forbids strings becoming HTML. */

/** @typedef {any} Child a node, a text, nothing, or a list of them */

/**
 * An element. Properties that begin with `on` are listeners, `class` and dashed names attributes.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/**
 * The same for drawings.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function s(tag, properties = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), properties, children);
}

/**
 * @param {any} element
 * @param {Record<string, any>} properties
 * @param {any[]} children
 */
function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'vars') for (const [key, told] of Object.entries(value)) element.style.setProperty(`--${key}`, told);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== false && child != null));
  return element;
}

/**
 * Put `children` in the place of what `parent` holds, and the focus back where it was, by id.
 * @param {Element} parent
 * @param {...(Child | Child[])} children
 */
export function show(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement?.id : '';
  parent.replaceChildren(.../** @type {any[]} */ (children.flat(3).filter((child) => child !== false && child != null)));
  if (focused) document.getElementById(focused)?.focus();
}
