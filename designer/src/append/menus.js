/* The pad beside an element and its menus: what can follow, what it can become; nothing that the engine refuses. */
import { is } from 'bpmn-js/lib/util/ModelUtil';

import { isExpert, offered, titleOf } from '../palette/items.js';
import { t } from './i18n.js';

const REFUSED = /complex-gateway|data-store|link-intermediate-catch|instantiating|is-collection|participant-multiplicity|conditional-flow|collapsed-pool/;
const EXPERT = /ad-?hoc|transaction|inclusive|event-based|sub-?process|loop|escalation|compensat|conditional|signal|link|error|cancel|terminate|manual|script|send|receive|replace-with-task$|none-intermediate-throw|message-(start|end)|timer-start|data-object/;
const QUICK = ['user', 'branch', 'end'];

/* Below the open pad, in the window's pixels. */
export function besidePad() {
  const { left, bottom } = document.querySelector('.djs-context-pad.open')?.getBoundingClientRect() ?? { left: 300, bottom: 300 };
  return { x: left, y: bottom + 5 };
}

export class GuidedMenus {
  constructor(popupMenu, contextPad, create, making, autoPlace) {
    Object.assign(this, { popupMenu, contextPad, create, making, autoPlace });
    popupMenu.registerProvider('bpmn-replace', 500, { getPopupMenuEntries: (target) => (entries) => this.#allowed(entries, target), getPopupMenuHeaderEntries: () => (entries) => this.#allowed(entries) });
    popupMenu.registerProvider('baton-append', { getPopupMenuEntries: (target) => this.#choices(target) });
    contextPad.registerProvider(500, this);
  }

  getContextPadEntries(element) {
    return (entries) => {
      const follows = Boolean(entries['append.append-task'] || entries['append.receive-task']);
      const kept = Object.entries(entries).filter(([id]) => !id.startsWith('append.') || id === 'append.text-annotation' || id === 'append.compensation-activity');
      return { ...(follows ? this.#following(element) : {}), ...Object.fromEntries(kept) };
    };
  }

  #following(source) {
    const entries = {};
    if (!is(source, 'bpmn:EventBasedGateway')) {
      offered().filter(({ id }) => QUICK.includes(id)).forEach((item) => {
        entries[`append.${item.id}`] = { group: 'model', className: `bpmn-icon-${item.icon}`, title: t('Then: {what}', { what: titleOf(item) }), action: this.#append(item) };
      });
    }
    entries['append.more'] = { group: 'model', className: 'b-pad-more', title: t('What comes next…'), action: { click: (event, element) => this.open(element) } };
    return entries;
  }

  #append(item) {
    return {
      click: (event, element) => this.follow(element, item),
      dragstart: (event, element) => this.create.start(event, this.making.shapes(item), { source: element }),
    };
  }

  /* Put an item behind an element, connected. */
  follow(element, item) {
    const [shape] = this.making.shapes(item);
    return this.autoPlace.append(element, shape);
  }

  /* Open the list of what can follow, beside the pad. */
  open(element) {
    this.popupMenu.open(element, 'baton-append', besidePad(), { title: t('What comes next'), width: 280, search: true });
  }

  #choices(target) {
    const afterEvents = is(target, 'bpmn:EventBasedGateway');
    const items = offered().filter((item) => !item.first && !item.pool && !item.lone && !item.begun && (!afterEvents || /CatchEvent|ReceiveTask/.test(item.attrs.type)));
    return Object.fromEntries(items.map((item) => [`append-${item.id}`, { label: titleOf(item), className: `bpmn-icon-${item.icon}`, action: { click: () => this.#choose(target, item), dragstart: (event) => this.#drag(event, target, item) } }]));
  }

  #drag(event, target, item) {
    this.popupMenu.close();
    this.create.start(event, this.making.shapes(item), { source: target });
  }

  #choose(target, item) {
    this.popupMenu.close();
    this.follow(target, item);
  }

  #allowed(entries, target) {
    const atTop = target && is(target, 'bpmn:StartEvent') && !is(target.parent, 'bpmn:SubProcess');
    const may = (id) => !REFUSED.test(id) && !(atTop && id.includes('conditional-start')) && (isExpert() || !EXPERT.test(id));
    return Object.fromEntries(Object.entries(entries).filter(([id]) => may(id)));
  }
}
GuidedMenus.$inject = ['popupMenu', 'contextPad', 'create', 'making', 'autoPlace'];
