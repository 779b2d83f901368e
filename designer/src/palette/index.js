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
  studio.service('canvas').getContainer().addEventListener('keydown', (event) => {
    const entry = event.target.closest('.djs-palette [data-action]');
    if (!entry || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    if (entry.dataset.action.startsWith('create.')) studio.say('place', entry.dataset.action);
    else entry.click();
  });
}
