import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { direction, LABELS, nearest } from '../src/locales.js';

const folder = new URL('../src/locales/', import.meta.url);
const languages = new Map();
for (const file of readdirSync(folder)) languages.set(file.replace('.js', ''), (await import(new URL(file, folder))).default);
const english = languages.get('en');
const texts = (value) => (typeof value === 'string' ? [value] : Object.values(value));
const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('the launcher knows exactly the languages that have a file', () => {
  assert.deepEqual(Object.keys(LABELS).sort(), [...languages.keys()].sort());
});

for (const [language, messages] of languages) {
  test(`${language} has the keys of English, in its order`, () => {
    assert.deepEqual(Object.keys(messages), Object.keys(english));
  });

  test(`${language} has the placeholders of English in every text`, () => {
    for (const [key, value] of Object.entries(messages)) {
      for (const text of texts(value)) assert.deepEqual(names(text), names(texts(english[key])[0]), `${language}.${key}`);
    }
  });

  test(`${language} has exactly the plural forms that its language needs`, () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    for (const [key, value] of Object.entries(messages)) {
      if (typeof english[key] === 'object') assert.deepEqual(Object.keys(value).sort(), needed, `${language}.${key}`);
    }
  });

  test(`${language} leaves no text empty or untrimmed`, () => {
    for (const value of Object.values(messages)) for (const text of texts(value)) assert.match(text, /^\S(.*\S)?$/u);
  });
}

test('the nearest language is the tag, its base, or English', () => {
  assert.equal(nearest('hu'), 'hu');
  assert.equal(nearest('fa-IR'), 'fa');
  assert.equal(nearest('pt-BR'), 'en');
  assert.equal(nearest(''), 'en');
});

test('only right-to-left languages are mirrored', () => {
  for (const language of languages.keys()) {
    const { direction: expected } = new Intl.Locale(language).textInfo ?? {};
    if (expected) assert.equal(direction(language), expected);
  }
  assert.equal(direction('fa'), 'rtl');
});
