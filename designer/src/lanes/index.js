/* Lanes from the organisation: a lane is a unit; steps by a person that stand in it and say nothing of who does them get it. */
import { inherit } from './assigning.js';
import { t } from './i18n.js';
import { LanePanel } from './LanePanel.jsx';

const PLACING = ['elements.create', 'shape.append', 'elements.move'];

export function start(studio) {
  studio.addTab({ id: 'lane', title: t('Unit'), order: 5, applies: ({ type }) => type === 'bpmn:Lane', Panel: LanePanel });
  PLACING.forEach((command) => studio.modeler.on(`commandStack.${command}.postExecuted`, 100, ({ context }) => {
    const placed = context.elements ?? context.shapes ?? [context.shape];
    placed.forEach((step) => inherit(studio, step));
  }));
}
