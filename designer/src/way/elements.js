/* What an element brings into the process, told alike for the drawing on the canvas and for a diagram that is only a file. */
import { parsed } from '../shell/xml.js';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const BATON = 'urn:baton:bpmn:1';

const ofModdle = (element, type) => (element.extensionElements?.values ?? []).filter((each) => each.$type?.toLowerCase() === `baton:${type}`);

/* {name, form, decision, call, script, outs, called} of a business object. */
export function broughtBy(element) {
  const one = (type) => ofModdle(element, type)[0];
  return {
    name: element.name || element.id,
    form: one('form')?.get('ref'),
    decision: given(one('decision'), ['id', 'result']),
    call: given(one('call'), ['connector', 'operation', 'result']),
    script: element.$type === 'bpmn:ScriptTask' ? element.script : undefined,
    outs: ofModdle(element, 'out').map((each) => each.get('target')),
    called: element.$type === 'bpmn:CallActivity' ? element.calledElement : undefined,
  };
}

/* The variable that holds the one at hand of a step that runs once for each; the engine knows it by its name, else by its id. */
export function itemOf({ loopCharacteristics }) {
  const item = loopCharacteristics?.inputDataItem;
  return item && (item.name || item.id);
}

function given(extension, names) {
  return extension && Object.fromEntries(names.map((name) => [name, extension.get(name)]));
}

/* The same of every element of a diagram's XML. Nothing in a file that cannot be read. */
export function broughtByFile(xml) {
  const tree = parsed(xml);
  if (!tree) return [];
  return [...tree.getElementsByTagNameNS(BPMN, '*')].filter((node) => node.getAttribute('id')).map(ofNode);
}

export function processesOf(xml) {
  const tree = parsed(xml);
  return tree ? [...tree.getElementsByTagNameNS(BPMN, 'process')].map((node) => ({ id: node.getAttribute('id'), name: node.getAttribute('name') || node.getAttribute('id') })) : [];
}

function ofNode(node) {
  const holder = [...node.children].find((child) => child.localName === 'extensionElements');
  const ours = (type) => [...(holder?.children ?? [])].filter((child) => child.namespaceURI === BATON && child.localName === type);
  const attributes = (type, names) => ours(type)[0] && Object.fromEntries(names.map((name) => [name, ours(type)[0].getAttribute(name) ?? undefined]));
  return {
    name: node.getAttribute('name') || node.getAttribute('id'),
    form: ours('form')[0]?.getAttribute('ref') ?? undefined,
    decision: attributes('decision', ['id', 'result']),
    call: attributes('call', ['connector', 'operation', 'result']),
    script: node.localName === 'scriptTask' ? [...node.children].find((child) => child.localName === 'script')?.textContent : undefined,
    outs: ours('out').map((each) => each.getAttribute('target')),
    called: node.localName === 'callActivity' ? (node.getAttribute('calledElement') ?? undefined) : undefined,
  };
}

/* The elements through which a token may have come before it is here; of a flow, its source too. */
export function elementsBefore(start) {
  const seen = new Set();
  const waiting = predecessors(start);
  while (waiting.length) {
    const element = waiting.pop();
    if (seen.has(element)) continue;
    seen.add(element);
    waiting.push(...predecessors(element));
    everyInside(element, seen);
  }
  return [...seen];
}

/* A file need not list a step's flows at the step itself: the flows know where they lead. */
function flowsTo(element) {
  return (element.$parent?.flowElements ?? []).filter((each) => each.$type === 'bpmn:SequenceFlow' && each.targetRef === element);
}

function predecessors(element) {
  if (element.$type === 'bpmn:SequenceFlow') return [element.sourceRef].filter(Boolean);
  const found = flowsTo(element).map((flow) => flow.sourceRef).filter(Boolean);
  if (element.attachedToRef) found.push(...predecessors(element.attachedToRef), ...(element.attachedToRef.flowElements ?? []));
  const scope = element.$parent;
  if (isScope(scope)) found.push(...(scope.triggeredByEvent ? (scope.$parent?.flowElements ?? []).filter((each) => each !== scope && each.$type !== 'bpmn:SequenceFlow') : predecessors(scope)));
  return found;
}

const isScope = (element) => element?.$instanceOf?.('bpmn:SubProcess') ?? false;

function everyInside(element, seen) {
  if (!isScope(element)) return;
  for (const inner of element.flowElements ?? []) {
    seen.add(inner);
    everyInside(inner, seen);
  }
}
