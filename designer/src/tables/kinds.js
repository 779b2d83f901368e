/* In the menu of a column: which kind of value it holds, in the reader's words; the editor's own list shows the name that stands in the file. */
import { createVNode } from 'inferno';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';

const ELEMENT = 1;
const SELECT = 256;
const BELOW_OTHERS = 750;

export class Kinds {
  constructor(components, modeling, dataTypes, translate) {
    Object.assign(this, { modeling, dataTypes, translate });
    components.onGetComponent('context-menu', BELOW_OTHERS, ({ contextMenuType, input, output } = {}) => {
      if (contextMenuType !== 'input-edit' && contextMenuType !== 'output-edit') return undefined;
      return () => this.#menu(input ?? output);
    });
  }

  #menu(column) {
    const isInput = is(column, 'dmn:InputClause');
    const kind = (isInput ? column.inputExpression : column).typeRef ?? '';
    const onChange = ({ target: { value: typeRef } }) => this.modeling.updateProperties(column, isInput ? { inputExpression: { typeRef } } : { typeRef });
    const known = this.dataTypes.getAll();
    const options = [...known, ...(known.includes(kind) ? [] : [kind])].map((value) => createVNode(ELEMENT, 'option', null, this.translate(value), 0, { value, selected: value === kind }));
    const words = this.translate('Type');
    const select = createVNode(SELECT, 'select', 'form-select b-tables__offer', options, 0, { 'aria-label': words, onChange });
    const label = createVNode(ELEMENT, 'label', 'dms-label', words, 0);
    return createVNode(ELEMENT, 'div', 'context-menu-container', [createVNode(ELEMENT, 'div', 'dms-form-control', [label, select], 0)], 0);
  }
}
Kinds.$inject = ['components', 'modeling', 'dataTypes', 'translate'];
