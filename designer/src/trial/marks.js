/* What a trial lays over the drawing: where it has been, where it stands, why a table said so; or what the scenarios cover. */
const MARKS = ['b-done', 'b-here', 'b-fault', 'b-covered', 'b-missed'];
const COUNT_AT_CORNER = { top: -12, right: 10 };
const WHY_BELOW = { bottom: -4, left: 0 };
const LONGEST_WHY = 24;
const READABLE = 0.75;

function word(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

class Marks {
  #painted = [];

  constructor(studio, trial) {
    Object.assign(this, { studio, trial });
  }

  clear() {
    const canvas = this.studio.service('canvas');
    this.#painted.filter(([id]) => this.studio.element(id)).forEach(([id, mark]) => canvas.removeMarker(id, mark));
    this.#painted = [];
    this.studio.service('overlays').remove({ type: 'trial' });
  }

  #paint(ids, mark) {
    ids.filter((id) => this.studio.element(id)).forEach((id) => {
      this.studio.service('canvas').addMarker(id, mark);
      this.#painted.push([id, mark]);
    });
  }

  #lay(id, position, html) {
    if (this.studio.element(id)) this.studio.service('overlays').add(id, 'trial', { position, html, scale: { min: 1, max: 1 } });
  }

  draw() {
    if (!this.studio.diagram) return;
    this.clear();
    if (!this.trial.isOn) return;
    if (this.trial.coverage && this.trial.results) this.#drawCoverage(this.trial.results);
    else if (this.trial.state) this.#drawCase(this.trial.state);
  }

  #drawCoverage({ covered, missed }) {
    this.#paint(covered, MARKS[3]);
    this.#paint(missed, MARKS[4]);
  }

  #drawCase({ done, flows, tokens, incidents, decisions, steps }) {
    const here = Object.keys(tokens);
    this.#paint(done.filter((id) => !here.includes(id)), MARKS[0]);
    this.#paint(Object.keys(flows), MARKS[0]);
    this.#paint(here, MARKS[1]);
    this.#paint(incidents.map(({ element }) => element), MARKS[2]);
    Object.entries(tokens).forEach(([id, count]) => this.#lay(id, COUNT_AT_CORNER, word('span', 'b-token', String(count))));
    decisions
      .filter(({ step, why, rules }) => step === steps.length - 1 && (why.length || rules.length))
      .forEach(({ element, why, rules }) => {
        const text = why.join('; ') || rules.join(', ');
        const node = word('div', 'b-mark b-why', text.length > LONGEST_WHY ? `${text.slice(0, LONGEST_WHY)}…` : text);
        node.title = text;
        this.#lay(element, WHY_BELOW, node);
      });
  }

  /* At a size at which it can be read; where it can be seen already, nothing moves. */
  #comeTo(element) {
    const canvas = this.studio.service('canvas');
    if (canvas.zoom() < READABLE) {
      const middle = { x: element.x + element.width / 2, y: element.y + element.height / 2 };
      const { outer } = canvas.viewbox();
      canvas.viewbox({ x: middle.x - outer.width / 2 / READABLE, y: middle.y - outer.height / 2 / READABLE, width: outer.width / READABLE, height: outer.height / READABLE });
    } else {
      canvas.scrollToElement(element, 80);
    }
  }

  /* The whole drawing, when it is to be seen what was covered. */
  fitOnce(on) {
    if (on && !this.fitted) this.studio.fit();
    this.fitted = on;
  }

  /* Show the diagram on which the case goes on, and its place in it. */
  async follow() {
    const id = this.trial.current?.element ?? Object.keys(this.trial.state?.tokens ?? {})[0];
    if (!id || !this.trial.isOn) return;
    if (!this.studio.element(id)) {
      const { draft } = this.studio;
      const file = draft.names('.bpmn').find((name) => draft.read(name).includes(`id="${id}"`));
      if (!file || file === this.studio.diagram) return;
      await this.studio.openDiagram(file);
      this.draw();
    }
    const element = this.studio.element(id);
    if (element) this.#comeTo(element);
  }
}

export function addMarks(studio, trial) {
  const marks = new Marks(studio, trial);
  let shown = null;
  trial.on('change', () => {
    marks.draw();
    marks.fitOnce(trial.isOn && trial.coverage);
    const now = trial.isOn ? `${trial.script?.steps.length}/${trial.current?.key}` : null;
    if (now !== shown && !trial.busy) {
      shown = now;
      marks.follow();
    }
  });
  studio.on('diagram', () => marks.draw());
}
