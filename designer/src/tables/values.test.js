import assert from 'node:assert/strict';
import { test } from 'node:test';

import { resultOf, written } from './values.js';

test('a result is read back as it was written, whatever it is', () => {
  for (const value of ['上门', 'say "yes"', '', 'true', '12', '[1', null, true, 0, -3.5, [1, 'a'], { fee: 0, visit: 'yes' }]) assert.deepEqual(resultOf(written(value)), value);
});

test('a text needs no quotation marks, and what is only begun is no result', () => {
  assert.equal(resultOf(' 上门 '), '上门');
  assert.equal(written('上门'), '上门');
  assert.equal(resultOf(''), null);
  for (const begun of ['{"fee": 1', '[1,', '"a']) assert.equal(resultOf(begun), undefined);
});
