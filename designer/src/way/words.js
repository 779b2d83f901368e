/* A condition in plain words: “level is L1 or L2”, with the titles that people know. */
import { t } from './i18n.js';

const OPERATORS = [
  { op: '==', title: 'is' },
  { op: '!=', title: 'is not' },
  { op: 'in', title: 'is one of' },
  { op: 'not in', title: 'is none of' },
  { op: '>', title: 'is more than' },
  { op: '>=', title: 'is at least' },
  { op: '<', title: 'is less than' },
  { op: '<=', title: 'is at most' },
  { op: 'filled', title: 'is filled in' },
  { op: 'empty', title: 'is not filled in' },
];
const BY_TYPE = { boolean: ['==', '!=', 'filled', 'empty'], text: ['==', '!=', 'in', 'not in', 'filled', 'empty'], object: ['filled', 'empty'], list: ['filled', 'empty'] };

export function operatorsOf(field) {
  const wanted = field && BY_TYPE[field.type];
  return wanted ? OPERATORS.filter(({ op }) => wanted.includes(op)) : OPERATORS;
}

export function inWords(condition, fields) {
  const said = condition.parts.map((part) => (part.parts ? `${t('(')}${inWords(part, fields)}${t(')')}` : rowInWords(part, fields)));
  return said.join(condition.join === 'and' ? t(' and ') : t(' or '));
}

function rowInWords({ field: name, op, value, or }, fields) {
  const field = fields.find((each) => each.name === name);
  const title = field?.title ?? name;
  if (op === 'empty' || op === 'filled') return `${title} ${t(op === 'empty' ? 'is not filled in' : 'is filled in')}`;
  const values = (Array.isArray(value) ? value : [value]).map((each) => valueInWords(each, field, fields)).join(t(' or '));
  return `${title} ${t(wordOf(op))} ${values}${or === undefined ? '' : t(' (counts as {value} while not filled in)', { value: valueInWords(or, field, fields) })}`;
}

const wordOf = (op) => ({ in: 'is', 'not in': 'is not' })[op] ?? OPERATORS.find((each) => each.op === op).title;

function valueInWords(value, field, fields) {
  if (value !== null && typeof value === 'object') return fields.find((each) => each.name === value.field)?.title ?? value.field;
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  const choice = field?.choices.find((each) => each.value === value);
  return choice?.title ?? (value === '' ? t('blank') : String(value));
}
