/* What features share: the draft, the canvas, the panel beside it, the bar above and the drawer below. */
import { Events } from '../shell/events.js';
import { get } from '../shell/api.js';

/* Says: ``select`` (element or null), ``diagram`` (name of the file that is shown), ``changed`` (the drawing), ``mode`` (edit, trial, read). */
export class Studio extends Events {
  #catalogue = null;
  #locks = new Set();
  #isTrying = false;

  constructor({ root, draft, modeler, login }) {
    super();
    Object.assign(this, { root, draft, modeler, login, diagram: null, mode: 'edit', tabs: [], tools: [], drawers: [], parts: [], modes: new Map() });
  }

  /* The organisation, calendars, connectors, fields of orders: read once, when first needed; asked again after a failure. */
  catalogue() {
    this.#catalogue ??= get('/designer/catalogue').catch((problem) => {
      this.#catalogue = null;
      throw problem;
    });
    return this.#catalogue;
  }

  /* A tab of the panel: {id, title, order, applies(element), Panel, forReaders?} where Panel is a Preact component with {studio, element}. */
  addTab(tab) {
    this.tabs.push(tab);
    this.tabs.sort((a, b) => a.order - b.order);
  }

  /* A button of the bar: {id, title, icon, order, act, pressed?(), disabled?(), hidden?(), hint?()}. */
  addTool(tool) {
    this.tools.push(tool);
    this.tools.sort((a, b) => a.order - b.order);
  }

  /* A part below the canvas: {id, order, Drawer} where Drawer is a Preact component with {studio}. */
  addDrawer(drawer) {
    this.drawers.push(drawer);
    this.drawers.sort((a, b) => a.order - b.order);
  }

  /* A part that lies over the canvas: {id, order, Part} where Part is a Preact component with {studio}. */
  addPart(part) {
    this.parts.push(part);
    this.parts.sort((a, b) => a.order - b.order);
  }

  /* Close or open the draft to drawing for a reason of one's own ('loss', 'narrow', 'presence', 'reader'); it is open when nobody has a reason. */
  setReadOnly(reason, on) {
    if (on === this.#locks.has(reason)) return;
    if (on) this.#locks.add(reason);
    else this.#locks.delete(reason);
    this.draft.hold(this.isHeld);
    this.#settle();
  }

  /* Begin to try what is drawn, or go back to drawing it where that is open. */
  setTrying(on) {
    this.#isTrying = on;
    this.#settle();
  }

  #settle() {
    this.mode = this.#isTrying ? 'trial' : this.isReadOnly ? 'read' : 'edit';
    this.say('mode', this.mode);
  }

  /* Nothing may be drawn in the shown diagram. */
  get isReadOnly() {
    return this.#locks.size > 0;
  }

  /* Nothing of the draft may be changed: a diagram that would lose something locks only itself, a narrow window only drawing. */
  get isHeld() {
    return [...this.#locks].some((reason) => reason !== 'loss' && reason !== 'narrow');
  }

  /* A way of working other than drawing: {id, Panel}; while ``mode`` is its id, its Panel ({studio}) stands where the tabs are. */
  addMode(mode) {
    this.modes.set(mode.id, mode);
  }

  service(name) {
    return this.modeler.get(name);
  }

  element(id) {
    return this.service('elementRegistry').get(id) ?? null;
  }

  /* The one element that is chosen, also by its name beside it. */
  get selected() {
    const [only, ...others] = this.service('selection').get();
    return only && !others.length ? (only.labelTarget ?? only) : null;
  }

  /* Go to an element, and to a field of its panel (``tab/name``): what a problem points to. */
  show(id, field) {
    const element = this.element(id);
    if (!element) return;
    this.service('canvas').scrollToElement(element);
    this.service('selection').select(element);
    if (field) this.say('field', field);
  }
}
