/* What is wrong in the draft: told at once by a few rules of the browser, then by the server, which has the last word. */
import { post } from '../shell/api.js';
import { Events } from '../shell/events.js';
import { earlyFindings } from './early.js';

const PAUSE = 1000;

/* Says ``change``. ``findings`` as the server tells them; ``errors`` and ``warnings`` count them. */
export class Problems extends Events {
  #studio;
  #timer = 0;
  #round = 0;
  #told = [];
  #early = [];

  constructor(studio) {
    super();
    this.#studio = studio;
    this.state = 'waiting';
  }

  /* Where the server has spoken of an element under the same code, the early word is dropped. */
  get findings() {
    const fresh = this.#early.filter((early) => !this.#told.some((each) => isSame(each, early)));
    return [...this.#told, ...fresh].sort((a, b) => RANK[a.level] - RANK[b.level]);
  }

  get errors() {
    return this.findings.filter((each) => each.level === 'error').length;
  }

  get warnings() {
    return this.findings.filter((each) => each.level === 'warning').length;
  }

  /* Of the diagram that is shown: the worst level and the count of each element. */
  marks() {
    const marks = new Map();
    for (const { file, element, level, sentence } of this.findings) {
      if (!element || level === 'info' || file !== this.#studio.diagram) continue;
      const there = marks.get(element) ?? { level, sentences: [] };
      there.sentences.push(sentence);
      marks.set(element, there);
    }
    return marks;
  }

  look() {
    this.#early = earlyFindings(this.#studio);
    this.say('change');
  }

  later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.check(), PAUSE);
  }

  /* Ask the server about all that is drawn; answers that came too late are dropped. Resolves when this answer is told. */
  async check() {
    clearTimeout(this.#timer);
    const round = ++this.#round;
    await this.#studio.flush();
    const answer = await post('/designer/check', { files: this.#studio.draft.files() }).catch((problem) => ({ problem }));
    if (round !== this.#round) return;
    this.state = answer.problem && !answer.problem.findings.length ? 'failed' : 'told';
    if (answer.findings ?? answer.problem.findings.length) this.#told = (answer.findings ?? answer.problem.findings).map((each) => ({ field: null, fix: null, ...each }));
    this.failure = answer.problem?.message ?? null;
    this.say('change');
  }
}

const RANK = { error: 0, warning: 1, info: 2 };

const isSame = (told, early) => told.file === early.file && told.element === early.element && (told.code === early.code || (told.code === 'flow' && early.code === 'loose'));
