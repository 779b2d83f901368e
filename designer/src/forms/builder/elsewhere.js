/* Where else the process speaks of a field that has got another name, and how that is put right: the drawing as one step of undo, other files as they are. */
import { post } from '../../shell/api.js';
import { together } from '../../modeler/commands.js';
import { ENGLISH } from '../../shell/english.js';

/* {places, files, is_given_elsewhere, is_taken} as the server reads the draft. */
export async function elsewhere(studio, session, old, name) {
  await studio.flush();
  session.write();
  return post('/designer/forms/rename-field', { files: studio.draft.files(), form: session.name, old, new: name });
}

export async function change(studio, session, { places, files }) {
  const { draft, diagram, isReadOnly } = studio;
  const drawn = isReadOnly ? [] : places.filter(({ file }) => file === diagram);
  if (drawn.length) together(studio, () => drawn.forEach((place) => redraw(studio, place)));
  for (const [file, text] of Object.entries(files)) {
    if (file === ENGLISH) session.act(session.form, { english: JSON.parse(text) });
    else if (file !== diagram || isReadOnly) draft.write(file, text);
  }
  if (isReadOnly && diagram in files) await studio.openDiagram(diagram);
}

function redraw(studio, { element: id, part, before, after }) {
  const element = studio.element(id);
  for (const { owner, name } of element ? named(element.businessObject, part) : []) {
    if (same(owner.get(name), before)) studio.service('modeling').updateModdleProperties(element, owner, { [name]: after });
  }
}

/* What stands in an element itself under this name, or as text; what is drawn in it speaks for itself. */
function* named(owner, part) {
  for (const property of owner.$descriptor.properties ?? []) {
    const value = property.isReference ? null : owner.get(property.name);
    if (typeof value === 'string' && isPart(property, part)) yield { owner, name: property.name };
    for (const inner of [value].flat().filter((each) => isWithin(each, owner))) yield* named(inner, part);
  }
}

const isPart = ({ name, isAttr, ns }, part) => name === part || ns.localName === part || (part === 'text' && !isAttr);

const isWithin = (inner, owner) => inner?.$descriptor && inner.$parent === owner && !inner.$instanceOf?.('bpmn:FlowElement');

const same = (value, before) => value.replace(/\r\n?/g, '\n').trim() === before.replace(/\r\n?/g, '\n').trim();
