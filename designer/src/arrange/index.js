/* Arranging: auto-layout of one process in one undoable step, colours of the house, minimap and grid. */
import gridModule from 'diagram-js-grid';
import minimapModule from 'diagram-js-minimap';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './arrange.css';

import { Around } from './around.js';
import { Colours } from './colours.js';
import { t } from './i18n.js';

export const arrangeModules = [gridModule, minimapModule, { __init__: ['colours', 'around'], colours: ['type', Colours], around: ['type', Around] }];

export function start(studio) {
  studio.service('grid').toggle(false);

  /* The picture of a process that has none, laid out by itself; then it is shown. */
  studio.drawPicture = async () => {
    const xml = await laidOut(studio.draft.read(studio.diagram));
    studio.draft.write(studio.diagram, xml);
    await studio.openDiagram(studio.diagram);
  };

  /* Lay the shown process out anew. Resolves to a sentence when that cannot be done. */
  studio.tidy = async () => {
    if (studio.service('canvas').getRootElement().type !== 'bpmn:Process') return t('Auto-layout knows one process without pools and lanes. Align the elements by hand here: choose several, then Align.');
    const { xml } = await studio.modeler.saveXML();
    apply(studio, await studio.service('moddle').fromXML(await laidOut(xml)));
    studio.fit();
    return '';
  };
}

async function laidOut(xml) {
  const { layoutProcess } = await import('bpmn-auto-layout');
  return layoutProcess(xml);
}

/* Bounds and bends of a laid-out picture, put onto the drawing as one command. */
function apply(studio, { rootElement }) {
  const drawn = rootElement.diagrams.flatMap(({ plane }) => plane.planeElement ?? []);
  studio.service('commandStack').execute('baton.tidy', { drawn });
}

class Tidy {
  constructor(elementRegistry, modeling) {
    Object.assign(this, { elementRegistry, modeling });
  }

  preExecute({ drawn }) {
    const known = drawn.map((di) => [this.elementRegistry.get(di.bpmnElement?.id), di]).filter(([element]) => element);
    known.filter(([, { bounds }]) => bounds).forEach(([shape, { bounds }]) => {
      const delta = { x: bounds.x - shape.x, y: bounds.y - shape.y };
      if (!delta.x && !delta.y) return;
      this.modeling.moveShape(shape, delta, shape.parent, { autoResize: false, recurse: false });
      shape.labels.forEach((label) => this.modeling.moveShape(label, delta, label.parent, { autoResize: false }));
    });
    known.filter(([, { waypoint }]) => waypoint).forEach(([flow, { waypoint }]) => {
      this.modeling.updateWaypoints(flow, waypoint.map(({ x, y }) => ({ x, y })));
    });
  }

  execute() {
    return [];
  }

  revert() {
    return [];
  }
}
Tidy.$inject = ['elementRegistry', 'modeling'];

class TidyCommand {
  constructor(commandStack) {
    commandStack.registerHandler('baton.tidy', Tidy);
  }
}
TidyCommand.$inject = ['commandStack'];

arrangeModules.push({ __init__: ['tidyCommand'], tidyCommand: ['type', TidyCommand] });
