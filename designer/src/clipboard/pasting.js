/* What pasting must mind when the copy comes from another diagram: its messages, signals and errors, and where it goes without a mouse. */
const BEFORE_ITS_USE = 600; /* bpmn-js sets what a pasted event refers to with priority 500 */
const FIRST = 3000;
const MADE = '-baton-made';
const REFERENCES = { 'bpmn:Message': 'messageRef', 'bpmn:Signal': 'signalRef', 'bpmn:Error': 'errorRef', 'bpmn:Escalation': 'escalationRef' };

/* What makes two messages, signals, errors or escalations the same to the engine. */
const saysSame = (one, other) => one.$type === other.$type && ['name', 'errorCode', 'escalationCode'].every((field) => one[field] === other[field]);

export class Pasting {
  constructor(bpmnFactory, bpmnjs, canvas, eventBus, moddleCopy, mouse) {
    Object.assign(this, { bpmnFactory, bpmnjs, canvas, moddleCopy, mouse });
    eventBus.on('copyPaste.pasteElement', BEFORE_ITS_USE, ({ cache, descriptor }) => this.#refer(cache, descriptor));
    eventBus.on('copyPaste.pasteElements', FIRST, (context) => this.#place(context));
  }

  /* A pasted event refers to what is here already and says the same, never to something else of the same id; what is new comes once. */
  #refer(cache, descriptor) {
    const { businessObject, referencedRootElement: wanted } = descriptor;
    if (!wanted) return;
    cache[MADE] ??= [];
    const known = [...this.bpmnjs.getDefinitions().get('rootElements'), ...cache[MADE]].filter((each) => saysSame(each, wanted));
    let its = known.find(({ id }) => id === wanted.id) ?? known[0];
    if (!its) {
      its = this.moddleCopy.copyElement(wanted, this.bpmnFactory.create(wanted.$type));
      cache[MADE].push(its);
    }
    (businessObject.eventDefinitions?.[0] ?? businessObject).set(REFERENCES[wanted.$type], its);
    delete descriptor.referencedRootElement;
  }

  /* Where no mouse has been, as with keys alone, a copy goes to the middle of what is seen. */
  #place(context) {
    if (context.point || this.mouse._lastMoveEvent) return;
    const { x, y, width, height } = this.canvas.viewbox();
    Object.assign(context, { element: this.canvas.getRootElement(), point: { x: Math.round(x + width / 2), y: Math.round(y + height / 2) } });
  }
}
Pasting.$inject = ['bpmnFactory', 'bpmnjs', 'canvas', 'eventBus', 'moddleCopy', 'mouse'];
