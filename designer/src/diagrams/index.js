/* The diagrams of the draft: which is shown, and its XML written back to the draft after each change. */
const PAUSE = 300;

export function start(studio) {
  const { modeler, draft } = studio;
  let waiting = 0;

  async function write() {
    clearTimeout(waiting);
    waiting = 0;
    const { xml } = await modeler.saveXML({ format: true });
    draft.write(studio.diagram, xml);
  }

  modeler.on('commandStack.changed', () => {
    studio.say('changed');
    clearTimeout(waiting);
    waiting = setTimeout(write, PAUSE);
  });
  modeler.on('selection.changed', () => studio.say('select', studio.selected));

  /* Show a diagram of the draft; without a name the main one. */
  studio.openDiagram = async (name) => {
    if (waiting) await write();
    studio.diagram = name ?? mainDiagram(draft);
    const { warnings } = await modeler.importXML(draft.read(studio.diagram));
    studio.service('canvas').zoom('fit-viewport', 'auto');
    studio.say('diagram', studio.diagram);
    return warnings;
  };

  /* What is drawn is in the draft when this resolves. */
  studio.flush = () => (waiting ? write() : Promise.resolve());
}

function mainDiagram(draft) {
  const settings = draft.readJson('process.json');
  return settings?.main ?? draft.names('.bpmn')[0];
}
