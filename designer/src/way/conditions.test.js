import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { isWhole, quoted, read, write } from './conditions.js';

/* The comparison of versions reads conditions too, in Python: its tests go through the same cases. */
const { read: READ, leftAlone: LEFT_ALONE } = JSON.parse(readFileSync(new URL('./conditions.cases.json', import.meta.url), 'utf8'));

const row = (field, op, value, more = {}) => ({ field, op, ...(value === undefined ? {} : { value }), ...more });
const one = (...parts) => ({ join: 'and', parts });

for (const [text, condition] of Object.entries(READ)) {
  test(`reads ${text}`, () => assert.deepEqual(read(text), condition));
  test(`writes what it has read of ${text}`, () => assert.deepEqual(read(write(condition)), condition));
}

for (const text of LEFT_ALONE) test(`leaves “${text}” to experts`, () => assert.equal(read(text), null));

test('a text is written between marks that it does not hold', () => {
  assert.equal(quoted('say "yes"'), "'say \"yes\"'");
  assert.equal(quoted("it's"), '"it\'s"');
});

test('a row is whole when it says all it needs', () => {
  assert.equal(isWhole(one(row('a', '==', ''))), false);
  assert.equal(isWhole(one(row('', '==', 'x'))), false);
  assert.equal(isWhole(one(row('a', 'in', []))), false);
  assert.equal(isWhole(one(row('a', '==', `both ' and "`))), false);
  assert.equal(isWhole(one()), false);
  assert.equal(isWhole(one(row('a', '==', false), { join: 'or', parts: [row('b', 'empty'), row('c', '==', 0)] })), true);
});
