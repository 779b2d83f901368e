/* dmn-js for decision tables alone, on our expression language and in the reader's words. */
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import DecisionTableEditor from 'dmn-js-decision-table/lib/Editor';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';

import { isChinese } from '../shell/i18n.js';
import english from './dmn.en.json';
import chinese from './dmn.zh.json';
import { Kinds } from './kinds.js';
import { offerFields } from './offer.js';

const PAUSE = 300;
const LANGUAGE = 'baton';

function translated(template, facts = {}) {
  const words = isChinese() ? chinese : english;
  return (words[template] ?? template).replace(/\{\s*(\w+)\s*\}/g, (whole, name) => facts[name] ?? whole);
}

/* dmn-js writes these without asking for a translation, as tooltips and labels. */
const UNASKED = ['Move Input', 'Move Output', 'Remove item', 'Decision table context menu'];
const PLACES = ['title', 'aria-label'];
const NODES = UNASKED.flatMap((words) => PLACES.map((place) => `[${place}="${words}"]`)).join(', ');

function translateUnasked(container) {
  const translateNode = (node) => PLACES.filter((place) => UNASKED.includes(node.getAttribute(place))).forEach((place) => node.setAttribute(place, translated(node.getAttribute(place))));
  const observer = new MutationObserver(() => container.querySelectorAll(NODES).forEach(translateNode));
  if (isChinese()) observer.observe(container, { childList: true, subtree: true });
  return observer;
}

class Tables extends EditingManager {
  _getViewProviders() {
    return [{ id: 'decisionTable', constructor: DecisionTableEditor, opens: (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable') }];
  }
}

/* An editor in a container. ``write(xml)`` is called a moment after each change; ``fields()`` are offered to input expressions. */
export class TableEditor {
  #waiting = 0;

  constructor({ container, write, fields, changed }) {
    this.write = write;
    this.readOnly = false;
    this.observer = translateUnasked(container);
    this.manager = new Tables({
      container,
      common: {
        expressionLanguages: { options: [{ value: LANGUAGE, label: 'Baton' }], defaults: { editor: LANGUAGE } },
        dataTypes: ['string', 'number', 'integer', 'boolean', 'date'],
      },
      decisionTable: { additionalModules: [{ translate: ['value', translated], typeRefEditingProvider: ['type', Kinds] }, offerFields(fields)] },
    });
    this.manager.on('viewer.created', ({ viewer }) => {
      viewer.on('commandStack.changed', () => {
        changed();
        clearTimeout(this.#waiting);
        this.#waiting = setTimeout(() => this.flush(), PAUSE);
      });
    });
  }

  /* Show a decision of a file. Resolves to warnings about what would be lost; rejects when it cannot be shown. */
  async open(xml, decision) {
    const { warnings } = await this.manager.importXML(xml, { open: false });
    const view = this.manager.getViews().find(({ id }) => id === decision) ?? this.manager.getViews()[0];
    if (!view) throw new Error('no table');
    await this.manager.open(view);
    this.readOnly = warnings.length > 0;
    return warnings.map(({ message }) => message);
  }

  service(name) {
    return this.manager.getActiveViewer()?.get(name, false);
  }

  get canUndo() {
    return this.service('commandStack')?.canUndo() ?? false;
  }

  get canRedo() {
    return this.service('commandStack')?.canRedo() ?? false;
  }

  undo() {
    this.service('commandStack').undo();
  }

  redo() {
    this.service('commandStack').redo();
  }

  rename(name) {
    this.service('modeling').editDecisionTableName(name);
  }

  /* What was changed is written when this resolves. */
  async flush() {
    if (!this.#waiting) return;
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    if (this.readOnly) return;
    const { xml } = await this.manager.saveXML({ format: true });
    this.write(xml);
  }

  destroy() {
    clearTimeout(this.#waiting);
    this.observer.disconnect();
    this.manager.destroy();
  }
}
