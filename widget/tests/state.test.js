import assert from 'node:assert/strict';
import test from 'node:test';
import { chosen, fraction, mainUnit, openCodes, rewardRows, subjectHash, undecided, undoable, withRedemption } from '../src/state.js';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims) => `e30.${base64url(claims)}.c2ln`;
const compact = (claims) => `v1.k1.${base64url(claims)}.00ff`;
const program = { units: [{ id: 'status', spendable: false }, { id: 'points', spendable: true }], rewards: [{ id: 'a' }, { id: 'b' }] };

test('progress is the share of the way between two tiers', () => {
  assert.equal(fraction({ value: 150, from: 100, to: 200, next: { id: 'x' } }), 0.5);
  assert.equal(fraction({ value: 0, from: 0, to: 200, next: { id: 'x' } }), 0);
});

test('a reward by steps costs and is worth its step as often as chosen', () => {
  const cost = { unit: 'points', amount: 200 };
  const value = { amount: 100, currency: 'USD' };
  assert.deepEqual(chosen({ cost, steps: { points: 100, value } }, 3), { amount: 300, value: { amount: 300, currency: 'USD' } });
  assert.deepEqual(chosen({ cost, steps: { points: 100, value: null } }, 3), { amount: 300, value: null });
});

test('a reward without steps, or with none chosen, costs the price it shows', () => {
  assert.deepEqual(chosen({ cost: { unit: 'points', amount: 50 } }, undefined), { amount: 50 });
  assert.deepEqual(chosen({ cost: { unit: 'points', amount: 200 }, steps: { points: 100 } }, undefined), { amount: 200 });
  assert.deepEqual(chosen({ cost: null }, undefined), { amount: 0 });
});

test('progress is full at the top and without a tier', () => {
  assert.equal(fraction({ value: 9, from: 1, to: null, next: null }), 1);
  assert.equal(fraction(undefined), 1);
});

test('a renewed token of the same person has the same hash, in both kinds', () => {
  assert.equal(subjectHash(jwt({ sub: '77', exp: 1 })), subjectHash(jwt({ sub: '77', exp: 2 })));
  assert.equal(subjectHash(compact({ sub: '77', exp: 1 })), subjectHash(jwt({ sub: '77', exp: 2 })));
});

test('another person has another hash', () => {
  const hashes = new Set(Array.from({ length: 5000 }, (_, n) => subjectHash(jwt({ sub: `customer-${n}` }))));
  assert.equal(hashes.size, 5000);
});

test('unreadable tokens and tokens without a subject are told apart', () => {
  assert.notEqual(subjectHash('one'), subjectHash('two'));
  assert.notEqual(subjectHash(jwt({ a: 1 })), subjectHash(jwt({ a: 2 })));
});

test('subjects beyond ASCII are read without failing', () => {
  assert.equal(subjectHash(jwt({ sub: 'ügyfél', exp: 1 })), subjectHash(jwt({ sub: 'ügyfél', exp: 2 })));
});

test('the balance is of the first spendable unit', () => {
  assert.equal(mainUnit(program), 'points');
  assert.equal(mainUnit({ units: [{ id: 'only', spendable: false }] }), 'only');
  assert.equal(mainUnit({ units: [] }), '');
});

test('a member sees only rewards that card and program both know', () => {
  const rows = rewardRows(program, { member: { id: 'm' }, rewards: [{ id: 'b' }, { id: 'new' }] });
  assert.deepEqual(rows.map(({ id }) => id), ['b']);
});

test('a guest sees all rewards of the program', () => {
  assert.equal(rewardRows(program, undefined).length, 2);
  assert.equal(rewardRows(program, { member: null, points: {}, tiers: [] }).length, 2);
});

test('only codes that can still be used are listed', () => {
  const codes = ['ready', 'fulfilling', 'used', 'undone', 'expired'].map((status) => ({ status }));
  assert.deepEqual(openCodes({ codes }).map(({ status }) => status), ['ready', 'fulfilling']);
  assert.deepEqual(openCodes(undefined), []);
});

test('a redemption can be undone until its time, and never without one', () => {
  const at = Date.parse('2026-11-21T10:00:00Z');
  assert.equal(undoable({ undo_until: '2026-11-21T10:00:01Z' }, at), true);
  assert.equal(undoable({ undo_until: '2026-11-21T10:00:00Z' }, at), false);
  assert.equal(undoable({ undo_until: null }, at), false);
});

test('a redemption replaces its own code and leaves the others', () => {
  const card = { points: { points: { available: 9 }, status: { available: 1 } }, codes: [{ redemption_id: 'a' }, { redemption_id: 'b' }] };
  const next = withRedemption(card, { redemption_id: 'b', status: 'undone', points: { points: { available: 59 } } });
  assert.deepEqual(next.codes.map(({ redemption_id }) => redemption_id), ['b', 'a']);
  assert.equal(next.points.points.available, 59);
  assert.equal(next.points.status.available, 1);
  assert.equal(card.points.points.available, 9);
});

test('the key is kept exactly when the server may not have decided', () => {
  for (const status of [0, 401, 429, 500, 503]) assert.equal(undecided({ status }), true, status);
  for (const status of [400, 403, 404, 409, 410, 422]) assert.equal(undecided({ status }), false, status);
});
