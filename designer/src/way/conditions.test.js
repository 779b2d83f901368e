import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isWhole, quoted, read, write } from './conditions.js';

const row = (field, op, value, more = {}) => ({ field, op, ...(value === undefined ? {} : { value }), ...more });
const one = (...parts) => ({ join: 'and', parts });

const READ = {
  'level == "L1"': one(row('level', '==', 'L1')),
  "level == 'L1'": one(row('level', '==', 'L1')),
  'level in ["L1", "L2"]': one(row('level', 'in', ['L1', 'L2'])),
  'level not in ["L1"]': one(row('level', 'not in', ['L1'])),
  'amount >= -3.5': one(row('amount', '>=', -3.5)),
  '100 < amount': one(row('amount', '>', 100)),
  'customer != null': one(row('customer', 'filled')),
  'null == customer': one(row('customer', 'empty')),
  'order.redo == true': one(row('order.redo', '==', true)),
  'registered != false': one(row('registered', '!=', false)),
  'first == second': one(row('first', '==', { field: 'second' })),
  '客户.等级 == "金卡"': one(row('客户.等级', '==', '金卡')),
  'title == "and or ( [ not in"': one(row('title', '==', 'and or ( [ not in')),
  "title == 'a \"b\" c'": one(row('title', '==', 'a "b" c')),
  'title == "it\'s"': one(row('title', '==', "it's")),
  'path == "C:\\\\temp"': one(row('path', '==', 'C:\\temp')),
  'compensation > 0 and may_settle != true': one(row('compensation', '>', 0), row('may_settle', '!=', true)),
  'a == 1 or b == 2 and c == 3': { join: 'or', parts: [row('a', '==', 1), one(row('b', '==', 2), row('c', '==', 3))] },
  '(a == 1 or b == 2) and c == 3': one({ join: 'or', parts: [row('a', '==', 1), row('b', '==', 2)] }, row('c', '==', 3)),
  '((a == 1))': one(row('a', '==', 1)),
  'a == 1 and (b == 2 and c == 3)': one(row('a', '==', 1), row('b', '==', 2), row('c', '==', 3)),
  '(visit_plan.mode ?? "NONE") == "NONE"': one(row('visit_plan.mode', '==', 'NONE', { or: 'NONE' })),
  'solved == true and (satisfaction ?? 0) >= 3': one(row('solved', '==', true), row('satisfaction', '>=', 3, { or: 0 })),
  'customer != null or (customer_number ?? "") == ""': { join: 'or', parts: [row('customer', 'filled'), row('customer_number', '==', '', { or: '' })] },
  ' a\n==\t1 ': one(row('a', '==', 1)),
};

for (const [text, condition] of Object.entries(READ)) {
  test(`reads ${text}`, () => assert.deepEqual(read(text), condition));
  test(`writes what it has read of ${text}`, () => assert.deepEqual(read(write(condition)), condition));
}

const LEFT_ALONE = [
  '', '   ', 'registered', 'not registered', 'endsWith(number ?? "", "00")', 'a + 1 == 2', 'a == b + 1', 'a == 1 and', 'and a == 1', '(a == 1', 'a == 1)',
  'a in b', 'a in []', 'a in [1..5]', 'a in [null]', 'some(list, # > 1)', 'a[0] == 1', 'a == "open', 'a = 1', 'a == 1 ? true : false', '1 == 1', 'a > null',
  'a == "tab\\t"', '(a ?? b) == 1', '(a ?? null) == 1', 'a == (b ?? 0)', 'a == 1 or (b == 2 and (c == 3 or d == 4))', 'not (a == 1)', '${a == 1}', 'a == 1; b == 2', 'a.b.[c] == 1',
];
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
