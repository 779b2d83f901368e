/* New elements as the list of items describes them, with the extensions they begin with. */
import { getDi, is } from 'bpmn-js/lib/util/ModelUtil';

export class Making {
  constructor(elementFactory, bpmnFactory, canvas) {
    Object.assign(this, { elementFactory, bpmnFactory, canvas });
    const create = bpmnFactory.create.bind(bpmnFactory);
    bpmnFactory.create = (type, attrs) => create(type, type === 'bpmn:Process' ? { isExecutable: true, ...attrs } : attrs);
  }

  /* The shapes of an item; the first is the one that flows lead to. */
  shapes(item) {
    if (item.pool) return [this.#pool()];
    const shape = this.elementFactory.createShape({ ...item.attrs });
    if (item.extensions) this.#extend(shape.businessObject, item.extensions);
    if (!item.begun) return [shape];
    return [shape, this.elementFactory.createShape({ type: 'bpmn:StartEvent', x: 40, y: 82, parent: shape })];
  }

  /* A first pool takes the process in; a further one is somebody outside, not a second process with nothing in it. */
  #pool() {
    const isFurther = is(this.canvas.getRootElement(), 'bpmn:Collaboration');
    const pool = this.elementFactory.createParticipantShape({ isExpanded: !isFurther });
    getDi(pool).isHorizontal = true;
    return pool;
  }

  #extend(owner, extensions) {
    const values = Object.entries(extensions).map(([type, attrs]) => this.bpmnFactory.create(`baton:${type}`, attrs));
    owner.extensionElements = this.bpmnFactory.create('bpmn:ExtensionElements', { values });
    owner.extensionElements.$parent = owner;
    values.forEach((each) => {
      each.$parent = owner.extensionElements;
    });
  }
}
Making.$inject = ['elementFactory', 'bpmnFactory', 'canvas'];
