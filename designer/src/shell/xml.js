/* XML texts of the draft, which may be anything. */

/* The document; what is no XML holds a <parsererror>. */
export function parse(text) {
  return new DOMParser().parseFromString(text ?? '', 'application/xml');
}

/* The document, or null where the text cannot be read. */
export function parsed(text) {
  const document = parse(text);
  return document.getElementsByTagName('parsererror').length ? null : document;
}

export const named = (node, name) => [...(node?.getElementsByTagNameNS('*', name) ?? [])];
export const childrenOf = (node, name) => [...(node?.children ?? [])].filter((each) => each.localName === name);
export const childOf = (node, name) => childrenOf(node, name)[0];
export const textOf = (node) => (childOf(node, 'text')?.textContent ?? '').trim();
