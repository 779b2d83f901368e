/* What opening a diagram may lose or set aside, read from its text and from what the modeller said. */
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

/* What would be gone if the drawing were saved: one line each. */
export function losses(warnings) {
  return warnings.map(({ message = '', element, property, value }) => {
    const unread = message.match(/unparsable content (\S+)/);
    if (unread) return unread[1];
    if (/unresolved reference/.test(message)) return `${element?.id ?? ''} ${property ?? ''} → ${value ?? message.replace(/.*<(.*)>.*/, '$1')}`.trim();
    return /failed to import|duplicate|already|missing/i.test(message) ? message.split('\n')[0].slice(0, 160) : null;
  }).filter(Boolean);
}

/* Namespaces of other tools in the file: {prefix, uri, count} of what is kept as it is. */
export function keptAside(xml) {
  const counts = new Map();
  const note = ({ namespaceURI: uri, prefix }) => {
    if (!uri || OWN.has(uri)) return;
    const seen = counts.get(uri) ?? { uri, prefix: prefix ?? '', count: 0 };
    seen.count += 1;
    counts.set(uri, seen);
  };
  for (const element of parsed(xml).getElementsByTagName('*')) {
    note(element);
    [...element.attributes].forEach(note);
  }
  return [...counts.values()];
}

/* Why a text cannot be drawn: 'empty', 'not-xml', 'not-bpmn', 'no-process', 'no-picture', or null. */
export function fault(xml) {
  if (!xml?.trim()) return 'empty';
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) return 'not-xml';
  const document = parsed(xml);
  if (document.querySelector('parsererror')) return 'not-xml';
  if (document.documentElement.localName !== 'definitions') return 'not-bpmn';
  const has = (name) => document.getElementsByTagNameNS('*', name).length > 0;
  if (!has('process')) return 'no-process';
  return has('BPMNPlane') ? null : 'no-picture';
}

const parsed = (xml) => new DOMParser().parseFromString(xml, 'application/xml');
