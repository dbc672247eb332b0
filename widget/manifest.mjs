/**
 * The custom-elements manifest, read from the element's own doc comment (one JSDoc tag per line),
 * so that editors know its attributes, events, parts and custom properties.
 */
import { readFileSync } from 'node:fs';

const KINDS = { attr: 'attributes', fires: 'events', csspart: 'cssParts', cssprop: 'cssProperties' };

/**
 * @param {string} file
 * @returns {object} a manifest of schema version 1
 */
export function manifest(file) {
  const source = readFileSync(file, 'utf8');
  const declaration = { kind: 'class', customElement: true, name: 'LaurelWidget', tagName: 'laurel-widget' };
  for (const [, tag, name, description] of source.matchAll(/^ \* @(attr|fires|csspart|cssprop) (\S+) - (.+)$/gm)) {
    (declaration[KINDS[tag]] ??= []).push({ name, description });
  }
  return {
    schemaVersion: '1.0.0',
    modules: [{ kind: 'javascript-module', path: 'src/laurel-widget.js', declarations: [declaration] }],
  };
}
