/* What stands in a form that the builder does not show: it is kept as it is, and counted here so that it can be said. */
import { readBranch } from './conditions.js';
import { fieldsOf, groupsOf, hintsOf, schemaOf, uiOf } from './form.js';

const KNOWN = {
  form: ['title', 'schema', 'ui'],
  schema: ['$schema', 'type', 'title', 'properties', 'required', 'allOf', 'ui'],
  ui: ['order', 'groups', 'fields', 'notes', 'primary'],
  group: ['title', 'help', 'fields', 'show'],
  hints: ['widget', 'width', 'help', 'show'],
  rule: [
    'type', 'title', 'description', 'format', 'oneOf', 'enum', 'items', 'uniqueItems', 'default', 'minLength', 'maxLength', 'minItems', 'maxItems',
    'minimum', 'maximum', 'pattern', 'readOnly', 'x-options', 'x-default', 'x-evaluates', 'x-rating', 'x-before', 'x-after',
  ],
};
const foreign = (object, known) => Object.keys(object ?? {}).filter((key) => !KNOWN[known].includes(key));

/* Rules written by hand, as {where, what}: the name of a field or of nothing, and the keyword. */
export function handwritten(form) {
  const found = [];
  const note = (where, keys) => keys.forEach((what) => found.push({ where, what }));
  if (form.schema) note('', foreign(form, 'form'));
  note('', foreign(schemaOf(form), 'schema'));
  note('', foreign(uiOf(form), 'ui'));
  groupsOf(form).forEach((group) => note(group.title ?? '', foreign(group, 'group')));
  Object.entries(fieldsOf(form)).forEach(([name, rule]) => {
    note(name, foreign(rule, 'rule'));
    note(name, foreign(hintsOf(form, name), 'hints'));
  });
  (schemaOf(form).allOf ?? []).forEach((branch) => readBranch(branch) || found.push({ where: branch?.then?.required?.join(', ') ?? '', what: 'allOf' }));
  return found;
}
