/* What an assignment says, as one of the ways in which people speak of it. */
import { isExpression, same } from '../shell/sources.js';
import { MEMBER } from './loops.js';

/* The attributes that each way uses beside exclude and the fallback; all others go when it is chosen. */
const WAYS = {
  queue: ['role', 'unit', 'city'],
  person: ['user'],
  starter: ['starter'],
  earlier: ['sameAs', 'role', 'unit', 'city'],
  head: ['headOf', 'city'],
  manager: ['managerOf', 'levels'],
  field: ['user', 'role', 'unit', 'city'],
  table: ['user', 'role', 'unit', 'city'],
  expression: ['role', 'unit', 'city', 'user', 'sameAs'],
};

const NAMES = ['role', 'unit', 'city', 'user', 'sameAs', 'starter', 'headOf', 'managerOf', 'levels', 'everyone'];

const RULES = [
  ['starter', ({ starter }) => starter === 'true'],
  ['head', ({ headOf }) => headOf],
  ['manager', ({ managerOf }) => managerOf],
  ['expression', ({ user, sameAs }) => (user && sameAs) || isExpression(sameAs)],
  ['queue', ({ everyone, user }) => everyone === 'true' && same(user, `= ${MEMBER}`)],
  ['person', ({ user }) => user && !isExpression(user)],
  ['field', ({ user }, { fields }) => user && (same(user, `= ${MEMBER}`) || fields.some((each) => same(each.value, user)))],
  ['table', ({ user }, { outputs }) => user && outputs.some((each) => same(each.value, user))],
  ['expression', ({ user }) => user],
  ['earlier', ({ sameAs }) => sameAs],
  ['queue', ({ role, unit }) => role || unit],
];

export function wayOf(given, sources) {
  return RULES.find(([, rule]) => rule(given, sources))?.[0] ?? '';
}

/* The attributes that go when another way is chosen. */
export function cleared(way) {
  const kept = WAYS[way] ?? [];
  return Object.fromEntries(NAMES.filter((name) => !kept.includes(name)).map((name) => [name, undefined]));
}

export const ids = (text) => (isExpression(text) ? [] : (text ?? '').split(/\s+/).filter(Boolean));
