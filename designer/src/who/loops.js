/* One, all at once, or all in turn: standard multi-instance characteristics as the engine reads them. */
export const MEMBER = 'member';
const ENOUGH = /^\s*=?\s*nrOfCompletedInstances\s*>=\s*(\d+)\s*$/;

/* The lists that a loop goes over are variables here, not data objects: without this they would be dropped as references to nothing. */
export function keepVariables(studio) {
  const loop = studio.service('moddle').registry.typeMap['bpmn:MultiInstanceLoopCharacteristics'];
  loop.properties.filter(({ name }) => /:?loopData(In|Out)putRef$/.test(name)).forEach((property) => {
    property.isReference = false;
    property.type = 'String';
  });
}

/* {how: one | all | turn | rounds, list, enough} */
export function readLoop(element) {
  const loop = element.businessObject.loopCharacteristics;
  if (!loop) return { how: 'one' };
  if (loop.$type !== 'bpmn:MultiInstanceLoopCharacteristics') return { how: 'rounds' };
  const enough = loop.completionCondition?.body ?? '';
  return { how: loop.isSequential ? 'turn' : 'all', list: loop.loopDataInputRef ?? '', enough: ENOUGH.exec(enough)?.[1] ?? '', condition: enough };
}

export function writeLoop(studio, element, { how, list, enough }) {
  const make = (type, given) => studio.service('bpmnFactory').create(type, given);
  if (how === 'one') {
    studio.service('modeling').updateProperties(element, { loopCharacteristics: undefined });
    return;
  }
  const item = make('bpmn:DataInput', { id: `${element.id}_${MEMBER}`, name: MEMBER });
  const loop = make('bpmn:MultiInstanceLoopCharacteristics', { isSequential: how === 'turn', loopDataInputRef: list || undefined, inputDataItem: item });
  item.$parent = loop;
  if (enough) {
    loop.completionCondition = make('bpmn:FormalExpression', { body: `nrOfCompletedInstances >= ${enough}` });
    loop.completionCondition.$parent = loop;
  }
  loop.$parent = element.businessObject;
  studio.service('modeling').updateProperties(element, { loopCharacteristics: loop });
}
