/* Reads and writes Baton's extension elements through the command stack, so that every change can be undone. */
const is = (each, type) => each.$type?.toLowerCase() === `baton:${type.toLowerCase()}`;

const valuesOf = (element) => element.businessObject.extensionElements?.values ?? [];

/* The extension of this type ('Limit'), or undefined. */
export function extensionOf(element, type) {
  return valuesOf(element).find((each) => is(each, type));
}

export function extensionsOf(element, type) {
  return valuesOf(element).filter((each) => is(each, type));
}

/* Set attributes of an extension, making it when it is missing and taking it away when nothing is left in it. */
export function setExtension(studio, element, type, attributes) {
  const there = extensionOf(element, type);
  const merged = { ...(there ? plain(there) : {}), ...attributes };
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== null && value !== ''));
  const made = Object.keys(kept).length ? [create(studio, type, kept)] : [];
  replace(studio, element, there ? [there] : [], made);
}

/* Put a whole list of extensions of one type (inputs, payloads) in the place of the present one. */
export function setExtensions(studio, element, type, list) {
  replace(studio, element, extensionsOf(element, type), list.map((attributes) => create(studio, type, attributes)));
}

export function plain(extension) {
  return Object.fromEntries(extension.$descriptor.properties.filter(({ isAttr }) => isAttr).map(({ name }) => [name, extension.get(name)]).filter(([, value]) => value !== undefined));
}

function create(studio, type, attributes) {
  return studio.service('bpmnFactory').create(`baton:${type}`, attributes);
}

function replace(studio, element, gone, made) {
  const holder = element.businessObject.extensionElements ?? studio.service('bpmnFactory').create('bpmn:ExtensionElements', { values: [] });
  const old = holder.values ?? [];
  const at = gone.length ? old.indexOf(gone[0]) : old.length;
  const kept = old.filter((each) => !gone.includes(each));
  const values = [...kept.slice(0, at), ...made, ...kept.slice(at)];
  made.forEach((each) => {
    each.$parent = holder;
  });
  if (!element.businessObject.extensionElements) {
    holder.$parent = element.businessObject;
    holder.values = values;
    studio.service('modeling').updateProperties(element, { extensionElements: holder });
  } else {
    studio.service('modeling').updateModdleProperties(element, holder, { values });
  }
}
