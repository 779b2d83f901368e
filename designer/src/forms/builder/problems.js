/* What is not right in a form yet, told at the field it concerns: {name, part, text, isNote?}. */
import { t } from '../i18n.js';
import { requirement } from './conditions.js';
import { fieldsOf, groupsOf, hintsOf, isNote, notesOf, orderOf } from './form.js';
import { choicesOf, isTable, kindOf, source, typeOf } from './kinds.js';
import { lacksEnglish, textsOf } from './texts.js';

export function problemsOf(form, english) {
  const found = [];
  const tell = (name, part, text) => found.push({ name, part, text });
  if (!form.title?.trim()) tell(null, 'title', t('The form needs a title.'));
  orderOf(form).forEach((name) => {
    if (isNote(form, name)) ofNote(form, name, tell);
    else ofField(form, name, tell);
  });
  groupsOf(form).forEach((group, at) => {
    if (!group.title?.trim()) tell(`#${at}`, 'title', t('The section needs a title.'));
    ofShow(form, `#${at}`, group.show, tell);
  });
  missingEnglish(form, english).forEach((each) => found.push(each));
  return found;
}

function ofNote(form, name, tell) {
  const note = notesOf(form)[name];
  if (!note.help?.trim()) tell(name, 'title', t('Write the help text.'));
  ofShow(form, name, note.show, tell);
}

function ofField(form, name, tell) {
  const rule = fieldsOf(form)[name];
  if (!rule.title?.trim()) tell(name, 'title', t('The field needs a label.'));
  ofChoices(rule, name, tell);
  ofLimits(rule, name, tell);
  ofDefault(rule, name, tell);
  if (isTable(rule)) ofColumns(rule, name, tell);
  if (kindOf(rule, hintsOf(form, name)) === 'person' && !/^users:[A-Z_]+$/.test(source(rule)['x-options'] ?? rule['x-options'] ?? '')) tell(name, 'role', t('Say which role the people have.'));
  ofShow(form, name, hintsOf(form, name).show, tell);
  requirement(form, name).when.forEach((condition) => ofCondition(form, name, 'when', condition.field, condition.test === 'in' ? condition.value : null, tell));
  ['x-before', 'x-after'].forEach((key) => rule[key] && !(rule[key] in fieldsOf(form)) && tell(name, key, t('It speaks of a field that is not there any more.')));
}

function ofChoices(rule, name, tell) {
  const from = source(rule);
  if (!('oneOf' in from) && !('enum' in from)) return;
  const choices = choicesOf(rule);
  if (!choices.length) tell(name, 'choices', t('Give at least one choice.'));
  const codes = choices.map(({ value }) => String(value));
  if (codes.some((code) => !code.trim())) tell(name, 'choices', t('A choice has no code.'));
  const twice = codes.find((code, at) => codes.indexOf(code) !== at);
  if (twice) tell(name, 'choices', t('Two choices have the code “{code}”.', { code: twice }));
  if (choices.some(({ title }) => !title.trim())) tell(name, 'choices', t('A choice has no label.'));
}

const PAIRS = [['minimum', 'maximum'], ['minLength', 'maxLength'], ['minItems', 'maxItems']];

function ofLimits(rule, name, tell) {
  PAIRS.forEach(([least, most]) => rule[least] > rule[most] && tell(name, least, t('The least is more than the most.')));
  if (rule.pattern === undefined) return;
  try {
    new RegExp(rule.pattern, 'u');
  } catch {
    tell(name, 'pattern', t('This pattern cannot be read.'));
  }
}

function ofDefault(rule, name, tell) {
  if (rule.default === undefined) return;
  const known = choicesOf(rule).map(({ value }) => value);
  const given = Array.isArray(rule.default) ? rule.default : [rule.default];
  if (known.length && given.some((value) => !known.includes(value))) tell(name, 'default', t('The default answer is not among the choices.'));
  const isTooMuch = typeof rule.default === 'number' && (rule.default < rule.minimum || rule.default > rule.maximum);
  if (isTooMuch) tell(name, 'default', t('The default answer is outside the limits.'));
}

function ofColumns(rule, name, tell) {
  const columns = Object.entries(rule.items.properties);
  if (!columns.length) tell(name, 'columns', t('Give the table at least one column.'));
  if (columns.some(([, column]) => !column.title?.trim())) tell(name, 'columns', t('A column has no label.'));
  columns.forEach(([, column]) => ofChoices(column, name, (_, __, text) => tell(name, 'columns', `${column.title}: ${text}`)));
}

function ofShow(form, name, show, tell) {
  if (show) ofCondition(form, name, 'show', show.field, show.in, tell);
}

function ofCondition(form, name, part, field, values, tell) {
  const rule = fieldsOf(form)[field];
  if (!rule) {
    tell(name, part, t('It asks for the field “{field}”, which is not there any more.', { field }));
  } else if (values) {
    const known = typeOf(rule) === 'boolean' ? [true, false] : choicesOf(rule).map(({ value }) => value);
    if (!values.length) tell(name, part, t('Choose at least one answer.'));
    else if (known.length && values.some((value) => !known.includes(value))) tell(name, part, t('It asks for an answer that “{field}” does not offer.', { field: rule.title ?? field }));
  }
}

/* Texts without English, once for each field; they keep nobody from publishing. */
function missingEnglish(form, english) {
  const found = [];
  const look = (name, node) => {
    const [first] = [...textsOf(node)].filter((text) => lacksEnglish(text, english));
    if (first) found.push({ name, part: 'english', isNote: true, text: t('There is no English for “{text}”.', { text: first }) });
  };
  look(null, { title: form.title, primary: form.ui?.primary });
  orderOf(form).forEach((name) => look(name, isNote(form, name) ? notesOf(form)[name] : { rule: fieldsOf(form)[name], hints: hintsOf(form, name) }));
  groupsOf(form).forEach(({ title, help }, at) => look(`#${at}`, { title, help }));
  return found;
}
