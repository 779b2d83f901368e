/* The guided palette: what runs here, in the reader's words; experts see all that the engine carries out. */
import './palette.css';
import { isExpert, setExpert } from './items.js';
import { Making } from './making.js';
import { GuidedPalette } from './provider.js';

export const paletteModule = { __init__: ['paletteProvider'], making: ['type', Making], paletteProvider: ['type', GuidedPalette] };

export function start(studio) {
  studio.isExpert = isExpert;
  studio.setExpert = (on) => {
    setExpert(on);
    studio.service('palette')._update();
    studio.say('tools');
  };
  studio.modeler.on('create.end', () => studio.service('canvas').focus());
  studio.modeler.on(['directEditing.complete', 'directEditing.cancel'], () => queueMicrotask(() => studio.service('canvas').restoreFocus()));
  studio.modeler.on('palette.create', ({ container }) => {
    container.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      studio.say('place', event.target.closest('[data-action]')?.dataset.action);
    });
  });
}
