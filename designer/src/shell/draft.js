/* The open draft: its files as text, saved by themselves a moment after each change, never over what somebody else has saved. */
import { get, post } from './api.js';
import { Events } from './events.js';

const PAUSE = 1500;
const AGAIN = 8000;

const OF_SOMEBODY_ELSE = new Set(['draft-changed', 'draft-taken', 'draft-closed']);

/* Says: ``change`` (name of the file), ``saving``, ``saved`` (the draft's row), ``conflict`` and ``failed`` (the problem). */
export class Draft extends Events {
  #files;
  #changed = new Set();
  #timer = 0;
  #running = null;
  #isHeld = false;
  #left = null;

  constructor({ files, ...row }) {
    super();
    this.row = row;
    this.#files = new Map(Object.entries(files));
  }

  static async open(id) {
    const draft = new Draft(await get(`/drafts/${id}`));
    draft.#takeUp();
    return draft;
  }

  get #key() {
    return `baton-draft-${this.row.id}`;
  }

  /* What this browser kept while the server was away: taken up where nobody has saved since, else offered as ``left``. */
  #takeUp() {
    const kept = JSON.parse(localStorage.getItem(this.#key) ?? 'null');
    if (!kept) return;
    if (kept.revision === this.row.revision) this.useLeft(kept);
    else this.#left = kept;
  }

  /* Files that were kept here and are older than what the server has: {revision, files} or null. */
  get left() {
    return this.#left;
  }

  useLeft(kept = this.#left) {
    this.#left = null;
    Object.entries(kept.files).forEach(([name, text]) => (text === null ? this.remove(name) : this.write(name, text)));
  }

  dropLeft() {
    this.#left = null;
    localStorage.removeItem(this.#key);
  }

  /* While it is held nothing is sent. */
  hold(on) {
    this.#isHeld = on;
    if (on) clearTimeout(this.#timer);
  }

  names(ending = '') {
    return [...this.#files.keys()].filter((name) => name.endsWith(ending)).sort();
  }

  read(name) {
    return this.#files.get(name) ?? null;
  }

  /* The JSON of a file; null where there is none or it cannot be read. */
  readJson(name) {
    try {
      return JSON.parse(this.read(name));
    } catch {
      return null;
    }
  }

  /* Every file as text, for questions to the server about what is not saved yet. */
  files() {
    return Object.fromEntries(this.#files);
  }

  write(name, text) {
    if (this.#files.get(name) === text) return;
    this.#files.set(name, text);
    this.#note(name);
  }

  writeJson(name, value) {
    this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  remove(name) {
    if (this.#files.delete(name)) this.#note(name);
  }

  #note(name) {
    this.#changed.add(name);
    this.say('change', name);
    this.#again(PAUSE);
  }

  #again(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), pause);
  }

  /* Let go of what is not saved: it is kept elsewhere, or not wanted. */
  forget() {
    clearTimeout(this.#timer);
    this.#changed.clear();
    this.dropLeft();
  }

  get isSaved() {
    return this.#changed.size === 0 && !this.#running;
  }

  /* Save what has changed; resolves to whether everything is kept. ``force`` overwrites what somebody else has saved. */
  async save({ force = false } = {}) {
    clearTimeout(this.#timer);
    if (this.#isHeld) return false;
    if (this.#running) await this.#running;
    if (this.isSaved && !force) return true;
    this.#running = this.#send(force).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #send(force) {
    const sent = new Map([...this.#changed].map((name) => [name, this.read(name)]));
    this.say('saving');
    try {
      const row = await post(`/drafts/${this.row.id}/files`, { files: Object.fromEntries(sent), revision: force ? null : this.row.revision });
      sent.forEach((text, name) => this.read(name) === text && this.#changed.delete(name));
      this.row = { ...this.row, ...row };
    } catch (problem) {
      this.#keepHere(sent);
      if (problem.status === 0 || problem.status >= 500) this.#again(AGAIN);
      this.say(OF_SOMEBODY_ELSE.has(problem.code) ? 'conflict' : 'failed', problem);
      return false;
    }
    localStorage.removeItem(this.#key);
    this.say('saved', this.row);
    return this.#changed.size ? this.#send(false) : true;
  }

  #keepHere(sent) {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ revision: this.row.revision, files: Object.fromEntries(sent) }));
    } catch {
      this.say('unkept');
    }
  }
}
