import assert from 'node:assert/strict';
import test from 'node:test';
import { language, minorDigits } from '../src/i18n.js';
import en from '../src/locales/en.js';
import fa from '../src/locales/fa.js';
import hu from '../src/locales/hu.js';

const plain = (text) => text.replace(/[\u2066-\u2069\u200e\u200f]/g, '').replace(/[\u00a0\u202f]/g, ' ');
const points = { id: 'points', name: { one: 'point', other: 'points' } };

test('the plural form follows the count', () => {
  const { t, word } = language(en, 'en');
  assert.equal(plain(t('ready', { n: 1 })), '1 reward within reach');
  assert.equal(plain(t('ready', { n: 1200 })), '1,200 rewards within reach');
  assert.equal(word(1, points), 'point');
  assert.equal(word(1.5, points), 'points');
});

test('a unit without a name, or with one for all counts, is not an error', () => {
  const { word } = language(en, 'en');
  assert.equal(word(2, undefined), '');
  assert.equal(word(2, { id: 'x', name: 'miles' }), 'miles');
});

test('what is filled in is isolated from the direction around it', () => {
  assert.equal(language(en, 'en').t('keep', { date: 'X' }), 'Yours until \u2068X\u2069');
});

test('an unknown key is the empty text', () => {
  assert.equal(language(en, 'en').t('nonsense'), '');
});

test('Persian has its own digits and calendar', () => {
  const { number, date } = language(fa, 'fa');
  assert.equal(number(1234), '۱٬۲۳۴');
  assert.match(date('2026-11-21T10:00:00Z'), /۱۴۰۵/);
});

test('money is in minor units of ISO 4217, whatever CLDR says', () => {
  const { money } = language(en, 'en');
  assert.equal(money({ amount: 1250, currency: 'USD' }), '$12.50');
  assert.equal(money({ amount: 1200, currency: 'USD' }), '$12');
  assert.equal(money({ amount: 1250, currency: 'JPY' }), '¥1,250');
  assert.equal(plain(money({ amount: 1250, currency: 'KWD' })), 'KWD 1.250');
  assert.equal(plain(money({ amount: 125000, currency: 'IRR' })), 'IRR 1,250');
  assert.equal(plain(language(hu, 'hu').money({ amount: 125000, currency: 'HUF' })), '1250 Ft');
});

test('minor digits are two unless the currency is listed', () => {
  assert.deepEqual(['EUR', 'JPY', 'BHD', 'XTS'].map(minorDigits), [2, 0, 3, 2]);
});

test('the time of day is told only when asked for', () => {
  const { date } = language(en, 'en-GB');
  assert.doesNotMatch(date('2026-11-21T10:00:00Z'), /:/);
  assert.match(date('2026-11-21T10:00:00Z', 'short'), /:/);
});
