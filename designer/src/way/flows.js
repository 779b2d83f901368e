/* The ways out of a gateway or step: their order, their conditions, and the one that is taken when none holds. */
import { together } from '../modeler/commands.js';
import { t } from './i18n.js';

const CHOOSING = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']);

export const choosesWay = (element) => CHOOSING.has(element?.businessObject.$type);

const listOf = (object) => object.$parent?.flowElements ?? [];

/* The drawn flows out of an element, in the order in which their conditions are asked: that of the file. */
export function waysOut(element) {
  const order = listOf(element.businessObject);
  const flows = element.outgoing.filter((each) => each.businessObject.$type === 'bpmn:SequenceFlow');
  return flows.sort((a, b) => order.indexOf(a.businessObject) - order.indexOf(b.businessObject));
}

export const isDefault = (flow) => flow.source.businessObject.default === flow.businessObject;

export const conditionOf = (flow) => flow.businessObject.conditionExpression?.body ?? '';

export function setCondition(studio, flow, text) {
  const expression = text.trim() ? studio.service('bpmnFactory').create('bpmn:FormalExpression', { body: text.trim() }) : undefined;
  if (expression) expression.$parent = flow.businessObject;
  studio.service('modeling').updateProperties(flow, { conditionExpression: expression });
}

/* What is taken when no condition holds has none of its own. */
export function makeDefault(studio, flow) {
  together(studio, () => {
    if (conditionOf(flow)) setCondition(studio, flow, '');
    studio.service('modeling').updateProperties(flow.source, { default: flow.businessObject });
  });
}

/* Ask a flow's condition ``step`` places later (or earlier). */
export function moveWay(studio, flow, step) {
  const ways = waysOut(flow.source);
  const to = ways.indexOf(flow) + step;
  if (to < 0 || to >= ways.length) return;
  const wanted = ways.filter((each) => each !== flow);
  wanted.splice(to, 0, flow);
  reorder(studio, flow.source, wanted.map((each) => each.businessObject));
}

function reorder(studio, element, wanted) {
  const object = element.businessObject;
  const waiting = [...wanted];
  const inOrder = (list) => list.map((each) => (wanted.includes(each) ? waiting.shift() : each));
  const flowElements = inOrder(listOf(object));
  waiting.push(...wanted);
  const outgoing = inOrder(object.get('outgoing'));
  together(studio, () => {
    studio.service('modeling').updateModdleProperties(element, object.$parent, { flowElements });
    studio.service('modeling').updateModdleProperties(element, object, { outgoing });
  });
}

/* What people call the way: its label, else the step to which it leads, else what comes behind that. */
export const titleOf = (flow) => flow.businessObject.name || nameOf(flow.target) || (flow.target?.outgoing ?? []).map(({ target }) => nameOf(target)).filter(Boolean).join(', ') || t('a way without a name');

const nameOf = (element) => element?.businessObject.name;
