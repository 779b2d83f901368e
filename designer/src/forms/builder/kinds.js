/* The kinds of fields: how each is written, and which one a rule is. English titles; the Chinese ones stand in zh.json. */
import zh from '../zh.json';

const choice = (number) => ({ const: `OPTION_${number}`, title: `${zh.Option} ${number}` });

export const KINDS = [
  { id: 'text', icon: 'letter-case', title: 'Text', rule: () => ({ type: 'string', maxLength: 200 }) },
  { id: 'area', icon: 'align-left', title: 'Long text', rule: () => ({ type: 'string', format: 'textarea', maxLength: 4000 }), hints: { widget: 'textarea' } },
  { id: 'number', icon: 'number', title: 'Number', rule: () => ({ type: 'number' }), hints: { width: 'half' } },
  { id: 'money', icon: 'coin-yuan', title: 'Money', rule: () => ({ type: 'number', format: 'money', minimum: 0 }), hints: { widget: 'money', width: 'half' } },
  { id: 'date', icon: 'calendar', title: 'Date', rule: () => ({ type: 'string', format: 'date' }), hints: { width: 'half' } },
  { id: 'moment', icon: 'clock', title: 'Date and time', rule: () => ({ type: 'string', format: 'date-time' }), hints: { width: 'half' } },
  { id: 'radio', icon: 'circle-dot', title: 'Choose one', rule: () => ({ type: 'string', oneOf: [choice(1), choice(2)] }), hints: { widget: 'radio' } },
  { id: 'select', icon: 'chevron-down', title: 'Choose from a list', rule: () => ({ type: 'string', oneOf: [choice(1), choice(2)] }), hints: { widget: 'select' } },
  { id: 'several', icon: 'list-check', title: 'Choose several', rule: () => ({ type: 'array', items: { type: 'string', oneOf: [choice(1), choice(2)] }, uniqueItems: true }) },
  { id: 'yes', icon: 'checkbox', title: 'Yes or no', rule: () => ({ type: 'boolean', default: false }) },
  { id: 'tree', icon: 'binary-tree', title: 'Class of service', rule: () => ({ type: 'string', 'x-options': 'classes' }), hints: { widget: 'tree' } },
  { id: 'person', icon: 'user', title: 'Person', rule: () => ({ type: 'string', 'x-options': 'users:HANDLER' }), hints: { widget: 'search' } },
  { id: 'unit', icon: 'building', title: 'Unit', rule: () => ({ type: 'string', 'x-options': 'units' }), hints: { widget: 'select' } },
  {
    id: 'table', icon: 'table', title: 'Table of rows',
    rule: () => ({ type: 'array', items: { type: 'object', properties: { name: { type: 'string', title: zh.Name }, count: { type: 'integer', title: zh.Count, minimum: 0 } } } }),
  },
  { id: 'files', icon: 'paperclip', title: 'Files', rule: () => ({ type: 'array', items: { type: 'string' }, format: 'files' }), hints: { widget: 'files' } },
  { id: 'note', icon: 'info-circle', title: 'Help text' },
  { id: 'section', icon: 'section', title: 'Section' },
];

export const kind = (id) => KINDS.find((each) => each.id === id);

export function typeOf(rule) {
  return Array.isArray(rule.type) ? rule.type.find((each) => each !== 'null') : rule.type;
}

export const isTable = (rule) => typeOf(rule) === 'array' && Boolean(rule.items?.properties);

/* Where the choices of a rule stand: in itself, or in its items. */
export const source = (rule) => (typeOf(rule) === 'array' ? (rule.items ?? {}) : rule);

export function choicesOf(rule) {
  const from = source(rule);
  if (Array.isArray(from.oneOf)) return from.oneOf.filter((each) => each && 'const' in each).map((each) => ({ value: each.const, title: each.title ?? String(each.const) }));
  return (from.enum ?? []).map((value) => ({ value, title: String(value) }));
}

const BY_FORMAT = { date: 'date', 'date-time': 'moment', textarea: 'area' };
const BY_OPTIONS = { units: 'unit', classes: 'tree' };

function offered(rule, hints) {
  const options = source(rule)['x-options'] ?? rule['x-options'] ?? '';
  if (options) return BY_OPTIONS[options] ?? 'person';
  return hints.widget === 'tree' ? 'tree' : null;
}

function ofArray(rule, hints) {
  if (rule.format === 'files' || hints.widget === 'files') return 'files';
  return isTable(rule) ? 'table' : 'several';
}

function ofPlain(rule, hints) {
  if (['number', 'integer'].includes(typeOf(rule))) return [hints.widget, rule.format].includes('money') ? 'money' : 'number';
  return hints.widget === 'textarea' ? 'area' : (BY_FORMAT[rule.format] ?? 'text');
}

/* The kind of a field; the server draws by the same signs. */
export function kindOf(rule, hints) {
  const type = typeOf(rule);
  const taken = offered(rule, hints);
  if (taken) return taken;
  if (type === 'array') return ofArray(rule, hints);
  if (type === 'boolean') return 'yes';
  const hasChoices = 'oneOf' in rule || 'enum' in rule;
  if (hasChoices) return hints.widget === 'radio' ? 'radio' : 'select';
  return ofPlain(rule, hints);
}
