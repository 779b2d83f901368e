/* The way out that is drawn for an error: a boundary event with its code. */
import { together } from '../modeler/commands.js';

const errorOf = (shape) => shape.businessObject.eventDefinitions?.find((each) => each.$type === 'bpmn:ErrorEventDefinition');

/* The boundary event of this step that catches a code, or every error; null where none is drawn. */
export function boundaryFor(element, code) {
  return element.attachers.find((each) => {
    const caught = errorOf(each);
    return caught && (!caught.errorRef || caught.errorRef.errorCode === code);
  }) ?? null;
}

/* Draw a boundary event that catches this code; it can be undone at once. */
export function drawBoundary(studio, element, code, name) {
  const modeling = studio.service('modeling');
  let shape = null;
  together(studio, () => {
    const made = studio.service('elementFactory').createShape({ type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:ErrorEventDefinition' });
    const place = element.attachers.length % 4;
    shape = modeling.createShape(made, { x: element.x + element.width - 20 - place * 26, y: element.y + element.height }, element, { attach: true });
    modeling.updateProperties(shape, { name });
    modeling.updateModdleProperties(shape, errorOf(shape), { errorRef: rootError(studio, shape, code) });
  });
  return shape;
}

/* The diagram's error of this code, made when there is none. */
function rootError(studio, shape, code) {
  const definitions = studio.modeler.getDefinitions();
  const there = definitions.rootElements.find((each) => each.$type === 'bpmn:Error' && each.errorCode === code);
  if (there) return there;
  const made = studio.service('bpmnFactory').create('bpmn:Error', { name: code, errorCode: code });
  made.$parent = definitions;
  studio.service('modeling').updateModdleProperties(shape, definitions, { rootElements: [...definitions.rootElements, made] });
  return made;
}
