/* One sitting at a form: its document and English texts, what was done to them, and the way back. Saved into the draft as it changes. */
import { readEnglish, translated, writeEnglish } from '../../shell/english.js';
import { Events } from '../../shell/events.js';
import { fileOf, isUsedBeside, readForm } from '../files.js';
import { carried, textsOf } from './texts.js';

const PAUSE = 250;
const STEPS = 200;

/* Says ``change``. */
export class Session extends Events {
  #draft;
  #file;
  #original;
  #past = [];
  #future = [];
  #merged = null;
  #timer = 0;

  constructor(draft, name) {
    super();
    this.#draft = draft;
    this.#file = fileOf(name);
    this.#original = draft.read(this.#file);
    this.name = name;
    this.form = readForm(draft, name);
    this.english = readEnglish(draft) ?? {};
    this.hasEnglish = readEnglish(draft) !== null;
    this.first = this.form;
  }

  /* Change the form. Changes of the same ``mark`` that follow each other are undone together: the letters of one text.
     ``renamed`` [old, new]: a field has got another name, which the way back tells. */
  act(form, { mark = null, english = this.english, chosen = null, renamed = null } = {}) {
    if (form === null || (form === this.form && english === this.english)) return;
    if (mark === null || mark !== this.#merged) this.#past.push({ form: this.form, english: this.english, chosen, renamed });
    if (this.#past.length > STEPS) this.#past.shift();
    this.#merged = mark;
    this.#future = [];
    this.#become(form, english);
  }

  /* Put a Chinese text in the place of another one; ``form`` holds the new one already. */
  actWords(form, before, after, mark) {
    const isStillUsed = textsOf(form).has(before) || isUsedBeside(this.#draft, this.#file, before);
    this.act(form, { mark, english: carried(this.english, before, after, isStillUsed) });
  }

  /* Something is taken away: the English of texts that stand nowhere any more goes with it. */
  actWithout(form, options) {
    const kept = textsOf(form);
    const gone = [...textsOf(this.form)].filter((text) => !kept.has(text) && !isUsedBeside(this.#draft, this.#file, text));
    this.act(form, { ...options, english: Object.fromEntries(Object.entries(this.english).filter(([text]) => !gone.includes(text))) });
  }

  actEnglish(text, words, mark) {
    this.act(this.form, { mark, english: translated(this.english, text, words) });
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  undo() {
    return this.#go(this.#past, this.#future);
  }

  redo() {
    return this.#go(this.#future, this.#past);
  }

  #go(from, to) {
    const step = from.pop();
    if (!step) return null;
    to.push({ form: this.form, english: this.english, chosen: step.chosen, renamed: step.renamed });
    this.#merged = null;
    this.#become(step.form, step.english);
    return step;
  }

  #become(form, english) {
    this.form = form;
    this.english = english;
    this.say('change');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.write(), PAUSE);
  }

  /* Hand the present state to the draft, which saves it. What was undone altogether is the file as it was, to the letter. */
  write() {
    clearTimeout(this.#timer);
    if (this.form === this.first) this.#draft.write(this.#file, this.#original);
    else this.#draft.writeJson(this.#file, this.form);
    writeEnglish(this.#draft, this.english);
  }
}
