/* The diagrams of the draft: which is shown, and its XML written back to the draft after each change. */
import { open } from '../opening/open.js';

const PAUSE = 300;

export function start(studio) {
  const { modeler, draft } = studio;
  let waiting = 0;

  async function write() {
    clearTimeout(waiting);
    waiting = 0;
    if (!studio.diagram || studio.opened.losses.length) return; /* nothing is written over what could not be read, or not be kept */
    const { xml } = await modeler.saveXML({ format: true });
    draft.write(studio.diagram, xml);
  }

  modeler.on('commandStack.changed', () => {
    studio.say('changed');
    clearTimeout(waiting);
    waiting = setTimeout(write, PAUSE);
  });
  modeler.on('selection.changed', () => studio.say('select', studio.selected));

  /* Show a diagram of the draft; without a name the main one. What is wrong with it is in ``studio.opened``: {file, fault, losses, laidOut}. */
  studio.openDiagram = async (name) => {
    if (waiting) await write();
    const file = name ?? mainDiagram(draft);
    studio.diagram = null;
    studio.opened = { file, ...(await open(modeler, file, draft.read(file))) };
    if (!studio.opened.fault) {
      studio.diagram = file;
      studio.service('canvas').zoom('fit-viewport', 'auto');
    }
    rest();
    studio.say('diagram', studio.diagram);
  };

  /* Go on with a diagram as far as it can be kept: what is lost is lost with the next change. */
  studio.acceptLosses = () => {
    studio.opened = { ...studio.opened, losses: [] };
    rest();
    studio.say('diagram', studio.diagram);
  };

  /* Reading only where something would be lost, else drawing. */
  function rest() {
    const mode = studio.opened.losses.length ? 'read' : 'edit';
    if (studio.mode === 'trial' || studio.mode === mode) return;
    studio.mode = mode;
    studio.say('mode', mode);
  }

  studio.on('mode', (mode) => mode === 'edit' && rest());

  /* What is drawn is in the draft when this resolves. */
  studio.flush = () => (waiting ? write() : Promise.resolve());
}

function mainDiagram(draft) {
  const [first] = draft.names('.bpmn');
  try {
    const named = draft.readJson('process.json')?.main;
    return draft.read(named) === null ? (first ?? null) : named;
  } catch {
    return first ?? null; /* the notice says what is wrong with process.json */
  }
}
