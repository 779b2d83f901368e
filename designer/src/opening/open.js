/* Opens a diagram so that nothing that is wrong with it leaves an empty page: what cannot be drawn becomes a sentence. */
import { xmlFault } from './faults.js';
import { lossesOf } from './losses.js';

const NOT_DRAWN = 'no diagram to display';

/* {fault: sentence with its facts or null, losses: what saving would drop, laidOut: the model came without a drawing}. */
export async function open(modeler, file, xml) {
  const fault = xmlFault(file, xml);
  if (fault) return nothing(modeler, fault);
  try {
    const laidOut = await draw(modeler, xml);
    const saved = await modeler.saveXML({ format: true });
    return { fault: null, losses: lossesOf(xml, saved.xml, modeler.get('moddle')), laidOut };
  } catch (error) {
    return nothing(modeler, { text: 'The diagram {file} cannot be drawn: {reason}.', facts: { file, reason: error.message } });
  }
}

function nothing(modeler, fault) {
  modeler.clear();
  return { fault, losses: [], laidOut: false };
}

/* Whether the model had to be laid out. */
async function draw(modeler, xml) {
  try {
    await modeler.importXML(xml);
    return false;
  } catch (error) {
    if (error.message !== NOT_DRAWN) throw error;
  }
  const { layoutProcess } = await import('bpmn-auto-layout');
  await modeler.importXML(await layoutProcess(xml));
  return true;
}
