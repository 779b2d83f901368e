/* What opening a diagram may lose or set aside, read from its text and from what the modeller said. */
import { parse } from '../shell/xml.js';

const OWN = new Set([
  'http://www.omg.org/spec/BPMN/20100524/MODEL',
  'http://www.omg.org/spec/BPMN/20100524/DI',
  'http://www.omg.org/spec/DD/20100524/DC',
  'http://www.omg.org/spec/DD/20100524/DI',
  'http://www.w3.org/2001/XMLSchema-instance',
  'http://www.w3.org/2000/xmlns/',
  'http://www.w3.org/XML/1998/namespace',
  'http://bpmn.io/schema/bpmn/biocolor/1.0',
  'http://www.omg.org/spec/BPMN/non-normative/color/1.0',
  'urn:baton:bpmn:1',
]);

/* What would be gone if the drawing were saved: one line each. ``found`` compares the texts; of what the modeller warns of, only what is not among it is told. */
export function losses(found, warnings) {
  const more = warnings.map(lossOf).filter((each) => each && !found.some((known) => isSame(known, each)));
  return [...new Set([...found, ...more].map(({ id, what, value }) => [id, what, value].filter(Boolean).join(' ')))];
}

function lossOf({ message = '', element, property, value }) {
  const unread = message.match(/unparsable content <?([^\s>]+)/);
  if (unread) return { id: null, what: unread[1] };
  if (/unresolved reference/.test(message)) return { id: element?.id ?? null, what: property ?? '', value: value ?? message.replace(/.*<(.*)>.*/, '$1') };
  return /failed to import|duplicate|already|missing/i.test(message) ? { id: null, what: message.split('\n')[0].slice(0, 160) } : null;
}

const isSame = (known, { id, what, value }) => (value ? known.value === value && known.id === id : known.what === what);

/* Namespaces of other tools in the file: {prefix, uri, count} of what is kept as it is. */
export function keptAside(xml) {
  const counts = new Map();
  const note = ({ namespaceURI: uri, prefix }) => {
    if (!uri || OWN.has(uri)) return;
    const seen = counts.get(uri) ?? { uri, prefix: prefix ?? '', count: 0 };
    seen.count += 1;
    counts.set(uri, seen);
  };
  for (const element of parse(xml).getElementsByTagName('*')) {
    note(element);
    [...element.attributes].forEach(note);
  }
  return [...counts.values()];
}

/* What a BPMN diagram lacks to be drawn, or null; ``kind``: no-process, no-picture. */
export function lacking(xml) {
  const document = parse(xml);
  const has = (name) => document.getElementsByTagNameNS('*', name).length > 0;
  if (!has('process')) return { kind: 'no-process', sentence: '' };
  return has('BPMNPlane') ? null : { kind: 'no-picture', sentence: '' };
}
