/* Built for the tests only: a diagram goes into the designer's own modeler and comes out again. */
import { makeModeler } from '../src/modeler/modeler.js';
import { lossesOf } from '../src/opening/losses.js';

/* What is saved after opening, and what was said about it: {xml, warnings, losses, error}. */
globalThis.roundtrip = async (xml) => {
  const container = document.createElement('div');
  container.style.height = '600px';
  document.body.append(container);
  const modeler = makeModeler(container);
  try {
    return await opened(modeler, xml);
  } finally {
    modeler.destroy();
    container.remove();
  }
};

async function opened(modeler, xml) {
  const said = { xml: null, warnings: [], losses: [], error: null };
  try {
    said.warnings = (await modeler.importXML(xml)).warnings.map(({ message }) => message);
  } catch (error) {
    said.error = error.message;
    said.warnings = (error.warnings ?? []).map(({ message }) => message);
  }
  if (modeler.getDefinitions()) {
    said.xml = (await modeler.saveXML({ format: true })).xml;
    said.losses = lossesOf(xml, said.xml, modeler.get('moddle'));
  }
  return said;
}
