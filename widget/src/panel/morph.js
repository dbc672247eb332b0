// @ts-check
/**
 * Bring a tree in line with a freshly made one, in place: elements that stay keep their focus,
 * their scroll position and their running transitions. Replacing children instead lost the focus
 * after a redemption, and then Escape did nothing.
 *
 * An element with an id only ever becomes the element with that id.
 */

/**
 * Remove siblings from `at` up to, not including, `end`.
 * @param {any} at
 * @param {ChildNode | null} end
 */
function drop(at, end) {
  while (at !== end) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/**
 * @param {any} now
 * @param {any} fresh
 */
function adopt(now, fresh) {
  if (now.nodeValue !== fresh.nodeValue) now.nodeValue = fresh.nodeValue;
  if (!fresh.attributes) return;
  for (const { name } of [...now.attributes]) if (!fresh.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    // Styles never through the attribute: a strict policy forbids that, not the CSSOM.
    if (name === 'style') now.style.setProperty('--fill', fresh.style.getPropertyValue('--fill'));
    else if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  now.onclick = fresh.onclick;
  now.onkeydown = fresh.onkeydown;
  morph(now, [...fresh.childNodes]);
}

/**
 * Make `fresh` the children of `parent`.
 * @param {Node} parent
 * @param {any[]} fresh
 */
export function morph(parent, fresh) {
  /** @type {any} */
  let at = parent.firstChild;
  for (const child of fresh) {
    let match = at;
    // Only things with an id are looked for further on; what is passed over is gone.
    while (match && (match.nodeName !== child.nodeName || match.id !== child.id)) match = child.id ? match.nextSibling : null;
    if (match) {
      drop(at, match);
      adopt(match, child);
      at = match.nextSibling;
    } else parent.insertBefore(child, at);
  }
  drop(at, null);
}
