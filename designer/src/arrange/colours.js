/* A few colours for elements: those of the house, ink on its own soft ground. */
import { besidePad } from '../append/menus.js';
import { t } from './i18n.js';

const COLOURS = [
  { id: 'none', title: 'No colour' },
  { id: 'blue', title: 'Blue', fill: '#e3edf9', stroke: '#1a56a8' },
  { id: 'teal', title: 'Teal', fill: '#e2f2f3', stroke: '#00666e' },
  { id: 'amber', title: 'Amber', fill: '#fff1d9', stroke: '#8a4600' },
  { id: 'red', title: 'Red', fill: '#fde7ea', stroke: '#a3142c' },
  { id: 'grey', title: 'Grey', fill: '#eceef3', stroke: '#545b70' },
];

export class Colours {
  constructor(contextPad, popupMenu, modeling) {
    Object.assign(this, { popupMenu, modeling });
    contextPad.registerProvider(400, this);
    popupMenu.registerProvider('baton-colour', { getPopupMenuEntries: (target) => this.#choices(target) });
  }

  getContextPadEntries(element) {
    return (entries) => (element.type === 'label' ? entries : { ...entries, ...this.#entry() });
  }

  getMultiElementContextPadEntries() {
    return (entries) => ({ ...entries, ...this.#entry() });
  }

  #entry() {
    const open = (event, target) => {
      this.popupMenu.open(target, 'baton-colour', besidePad(), { title: t('Colour'), width: 160 });
    };
    return { colour: { group: 'edit', className: 'b-pad-colour', title: t('Colour'), action: { click: open } } };
  }

  #choices(target) {
    const paint = ({ fill, stroke }) => () => {
      this.popupMenu.close();
      this.modeling.setColor(target, { fill, stroke });
    };
    return Object.fromEntries(COLOURS.map((colour) => [`colour-${colour.id}`, { label: t(colour.title), className: `b-swatch b-swatch--${colour.id}`, action: paint(colour) }]));
  }
}
Colours.$inject = ['contextPad', 'popupMenu', 'modeling'];
