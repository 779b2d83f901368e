/* In the menu of an input column: the fields of the forms, to be chosen instead of typed. */
import { createVNode } from 'inferno';

import { t } from './i18n.js';

export function offerFields(fields) {
  function Offer(components, modeling, contextMenu) {
    components.onGetComponent('context-menu', (context = {}) => {
      if (context.contextMenuType !== 'input-edit') return undefined;
      return () => menu(context.input, fields(), (field) => {
        modeling.updateProperties(context.input, { label: field.label, inputExpression: { text: field.path, typeRef: field.kind } });
        const choices = field.choices.map((each) => JSON.stringify(each)); /* the cells offer them */
        if (choices.length || context.input.inputValues) modeling.editAllowedValues(context.input, choices.length ? choices : null);
        contextMenu.close();
      });
    });
  }
  Offer.$inject = ['components', 'modeling', 'contextMenu'];
  return { __init__: ['offerFields'], offerFields: ['type', Offer] };
}

const ELEMENT = 1;
const SELECT = 256;

function menu(input, offered, choose) {
  if (!offered.length) return null;
  const current = input.inputExpression?.text ?? '';
  const option = (value, label) => createVNode(ELEMENT, 'option', null, label, 0, { value, selected: value === current });
  const options = [option('', t('Choose a field of the forms…')), ...offered.map(({ path, label }) => option(path, label === path ? path : `${label} (${path})`))];
  const onChange = ({ target }) => {
    const field = offered.find(({ path }) => path === target.value);
    if (field) choose(field);
  };
  const select = createVNode(SELECT, 'select', 'form-select b-tables__offer', options, 0, { 'aria-label': t('Field of a form'), onChange });
  const label = createVNode(ELEMENT, 'label', 'dms-label', t('Field of a form'), 0);
  return createVNode(ELEMENT, 'div', 'context-menu-container', [createVNode(ELEMENT, 'div', 'dms-form-control', [label, select], 0)], 0);
}
