/* What comes next: the pad's list of what can follow an element, and what it can become. */
import './append.css';
import { isAny } from 'bpmn-js/lib/features/modeling/util/ModelingUtil';

import { ITEMS } from '../palette/items.js';
import { GuidedMenus } from './menus.js';
import { FreePlaces } from './places.js';
import { hearTyping } from './typing.js';

export const appendModule = { __init__: ['guidedMenus', 'freePlaces'], guidedMenus: ['type', GuidedMenus], freePlaces: ['type', FreePlaces] };

export function start(studio) {
  /* bpmn-js asks for the name of steps and events; a branch is a question, and wants its words too. */
  studio.service('eventBus').on('autoPlace.end', 400, ({ shape }) => {
    if (isAny(shape, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'])) studio.service('directEditing').activate(shape);
  });
  hearTyping(studio.service('canvas').getContainer());
  /* An item of the palette chosen by key: behind the chosen element, or in the middle of what is seen. */
  studio.on('place', (action) => {
    const item = ITEMS.find(({ id }) => `create.${id}` === action);
    if (!item || studio.isReadOnly) return;
    const source = studio.selected;
    const follows = source && studio.service('contextPad').getEntries(source)['append.more'] && !item.pool && !item.lone && !item.first;
    if (follows) studio.service('guidedMenus').follow(source, item);
    else place(studio, item);
    if (!studio.service('directEditing').isActive()) studio.service('canvas').focus();
  });
}

function place(studio, item) {
  const canvas = studio.service('canvas');
  const { x, y, width, height } = canvas.viewbox();
  const shapes = studio.service('making').shapes(item);
  const made = studio.service('modeling').createElements(shapes, { x: Math.round(x + width / 2), y: Math.round(y + height / 2) }, canvas.getRootElement());
  studio.service('selection').select(made[0]);
}
