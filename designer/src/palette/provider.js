/* The palette: tools, then what can be drawn here, each with its word under the icon. */
import { t } from './i18n.js';
import { offered, titleOf } from './items.js';

const TOOLS = [
  ['hand-tool', 'Move the canvas', 'hand-tool', 'handTool', 'activateHand'],
  ['lasso-tool', 'Select many', 'lasso-tool', 'lassoTool', 'activateSelection'],
  ['space-tool', 'Make room', 'space-tool', 'spaceTool', 'activateSelection'],
  ['global-connect-tool', 'Connect', 'connection-multi', 'globalConnect', 'start'],
];

const escaped = (text) => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

function face(icon, title, mark) {
  const clock = mark ? '<span class="mark bpmn-icon-intermediate-event-catch-timer"></span>' : '';
  return `<div class="entry labelled" draggable="true" tabindex="0"><span class="bpmn-icon-${icon}"></span>${clock}<em>${escaped(title)}</em></div>`;
}

export class GuidedPalette {
  constructor(palette, create, making, injector) {
    Object.assign(this, { create, making, injector });
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    const tools = TOOLS.map(([id, title, icon, service, method]) => [
      id,
      { group: 'tools', className: `bpmn-icon-${icon}`, title: t(title), html: '<div class="entry" draggable="true" tabindex="0"></div>', action: { click: (event) => this.injector.get(service)[method](event) } },
    ]);
    const drawn = offered().map((item) => [`create.${item.id}`, this.#entry(item)]);
    return Object.fromEntries([...tools, ['tool-separator', { group: 'tools', separator: true }], ...drawn]);
  }

  #entry(item) {
    const begin = (event) => this.create.start(event, this.making.shapes(item), { hints: { autoSelect: undefined } });
    return { group: item.group, title: titleOf(item), html: face(item.icon, titleOf(item), item.mark), action: { dragstart: begin, click: begin } };
  }
}
GuidedPalette.$inject = ['palette', 'create', 'making', 'injector'];
