/* The open draft: its files as text, saved by themselves a moment after each change, never over what somebody else has saved. */
import { get, post } from './api.js';
import { Events } from './events.js';

const PAUSE = 1500;

/* Says: ``change`` (name of the file), ``saving``, ``saved`` (the draft's row), ``conflict`` and ``failed`` (the problem). */
export class Draft extends Events {
  #files;
  #changed = new Set();
  #timer = 0;
  #running = null;

  constructor({ files, ...row }) {
    super();
    this.row = row;
    this.#files = new Map(Object.entries(files));
  }

  static async open(id) {
    return new Draft(await get(`/drafts/${id}`));
  }

  names(ending = '') {
    return [...this.#files.keys()].filter((name) => name.endsWith(ending)).sort();
  }

  read(name) {
    return this.#files.get(name) ?? null;
  }

  readJson(name) {
    return JSON.parse(this.read(name) ?? 'null');
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
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), PAUSE);
  }

  /* Let go of what is not saved: it is kept elsewhere, or not wanted. */
  forget() {
    clearTimeout(this.#timer);
    this.#changed.clear();
  }

  get isSaved() {
    return this.#changed.size === 0 && !this.#running;
  }

  /* Save what has changed; resolves to whether everything is kept. ``force`` overwrites what somebody else has saved. */
  async save({ force = false } = {}) {
    clearTimeout(this.#timer);
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
      this.say(problem.code === 'draft-changed' ? 'conflict' : 'failed', problem);
      return false;
    }
    this.say('saved', this.row);
    return this.#changed.size ? this.#send(false) : true;
  }
}
