/* What can be told at once while drawing, in the server's words for it; the server's own findings replace these a moment later. */
import { t } from './i18n.js';

const CHOOSING = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']);
const isFlowNode = (element) => !element.labelTarget && Boolean(element.businessObject?.$instanceOf?.('bpmn:FlowNode'));

/* Findings on the diagram that is shown: {level, file, element, field, code, sentence, fix}. */
export function earlyFindings(studio) {
  const nodes = studio.service('elementRegistry').filter(isFlowNode);
  return nodes.flatMap((element) => RULES.map((rule) => rule(element)).filter(Boolean).map((found) => ({ level: 'warning', fix: null, file: studio.diagram, element: element.id, ...found })));
}

const RULES = [
  function nameless(element) {
    if (!element.businessObject.$instanceOf('bpmn:Activity') || element.businessObject.name?.trim()) return null;
    return { code: 'no-name', field: 'general/name', sentence: t('This step has no name yet.') };
  },
  function unreached(element) {
    const object = element.businessObject;
    const begins = object.$instanceOf('bpmn:StartEvent') || object.$type === 'bpmn:BoundaryEvent' || isLink(object, 'bpmn:IntermediateCatchEvent');
    if (begins || standsAlone(object) || element.incoming.length) return null;
    return { code: 'unreachable', field: null, sentence: t('Nothing leads here.') };
  },
  function endless(element) {
    const object = element.businessObject;
    if (!object.$instanceOf('bpmn:StartEvent') || element.outgoing.length) return null;
    return { code: 'loose', field: null, sentence: t('Nothing follows.') };
  },
  function stuck(element) {
    const object = element.businessObject;
    const ways = element.outgoing.filter((flow) => flow.type === 'bpmn:SequenceFlow');
    if (!CHOOSING.has(object.$type) || ways.length < 2 || object.default) return null;
    return { code: 'default', field: 'way/default', fix: 'set-default', sentence: t('No way is taken when no condition holds: a case could get stuck here.') };
  },
];

const standsAlone = (object) => object.triggeredByEvent || object.isForCompensation || object.$parent?.$type === 'bpmn:AdHocSubProcess';

const isLink = (object, type) => object.$type === type && object.eventDefinitions?.[0]?.$type === 'bpmn:LinkEventDefinition';
