/* The trial: a script and the state in which the server says the case stands after it. Rewinding is cutting the script. */
import { post } from '../shell/api.js';
import { Events } from '../shell/events.js';

const AGAIN = 800;

/* Says: ``change``. ``phase`` is start or run; ``stopped`` is why the last step was not taken. */
export class Trial extends Events {
  phase = 'start';
  begin = null;
  script = null;
  state = null;
  stopped = null;
  problem = null;
  busy = false;
  chosen = null;
  results = null;
  coverage = false;
  #timer = 0;

  constructor(studio) {
    super();
    this.studio = studio;
    studio.on('changed', () => this.#drawingChanged());
  }

  get isOn() {
    return this.studio.mode === 'trial';
  }

  async enter() {
    this.studio.setTrying(true);
    this.say('change');
    if (this.script) await this.#replay(this.script);
    else await this.#readBeginnings();
  }

  leave() {
    clearTimeout(this.#timer);
    this.studio.setTrying(false);
    this.say('change');
  }

  /* The drawing may be changed under a running trial: the same script is then played on what is drawn now. */
  #drawingChanged() {
    if (!this.isOn) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.phase === 'run' ? this.#replay(this.script) : this.#readBeginnings()), AGAIN);
  }

  async #ask(path, body) {
    this.busy = true;
    this.problem = null;
    this.stopped = null;
    this.say('change');
    try {
      await this.studio.flush();
      return await post(path, { files: this.studio.draft.files(), ...body });
    } catch (problem) {
      this.problem = problem;
      return null;
    } finally {
      this.busy = false;
      this.say('change');
    }
  }

  async #readBeginnings() {
    this.begin = (await this.#ask('/designer/trial', { script: null })) ?? this.begin;
    this.say('change');
  }

  async #replay(script) {
    const state = await this.#ask('/designer/trial', { script });
    if (state) this.#take(script, state);
  }

  #take(script, state) {
    this.phase = 'run';
    this.script = script;
    this.state = state;
    this.stopped = state.stopped;
    this.chosen = null;
    this.coverage = false;
    this.say('change');
  }

  /* Begin a case. Where its first answers are not right it does not begin; ``stopped`` says why. */
  async start(start) {
    if (this.busy) return;
    const script = { start, steps: [] };
    const state = await this.#ask('/designer/trial', { script });
    if (!state) return;
    if (state.stopped) {
      this.stopped = state.stopped;
      this.say('change');
    } else {
      this.#take(script, state);
    }
  }

  /* Add a step. One that cannot be taken is not kept; ``stopped`` says why. */
  async do(step) {
    if (this.busy) return;
    const script = { ...this.script, steps: [...this.kept, step] };
    const state = await this.#ask('/designer/trial', { script });
    if (!state) return;
    if (state.stopped?.step === script.steps.length) {
      this.stopped = state.stopped;
      this.say('change');
    } else {
      this.#take(script, state);
    }
  }

  /* The steps that could be played: all, or those before the one that is not there any more. */
  get kept() {
    const stop = this.state?.stopped?.step;
    return stop ? this.script.steps.slice(0, stop - 1) : this.script.steps;
  }

  /* Back to where the case stood after this many steps. */
  rewind(count) {
    return this.#replay({ ...this.script, steps: this.script.steps.slice(0, count) });
  }

  async again() {
    Object.assign(this, { phase: 'start', state: null, stopped: null, chosen: null });
    this.say('change');
    await this.#readBeginnings();
  }

  play(script) {
    return this.#replay(script);
  }

  /* What somebody or something has to do now, each with a key that survives a replay. */
  get open() {
    const { tasks = [], calls = [], incidents = [] } = this.state ?? {};
    const keyed = (kind) => (each) => ({ ...each, kind, key: `${kind}:${each.element}:${each.index}` });
    return [...incidents.map(keyed('incident')), ...tasks.map(keyed('task')), ...calls.map(keyed('call'))];
  }

  get current() {
    const { open } = this;
    return open.find(({ key }) => key === this.chosen) ?? open[0] ?? null;
  }

  choose(key) {
    this.chosen = key;
    this.stopped = null;
    this.say('change');
  }

  get scenarios() {
    const { draft } = this.studio;
    return draft.names('.json').filter((name) => name.startsWith('scenarios/'));
  }

  async runScenarios() {
    const results = await this.#ask('/designer/scenarios/run', {});
    if (results) this.results = results;
    this.say('change');
  }

  saveScenario(name, expect) {
    const file = `scenarios/${name.trim().replace(/[\\/:*?"<>|.\s]+/g, '-') || 'scenario'}.json`;
    this.studio.draft.writeJson(file, { name: name.trim(), script: { ...this.script, steps: this.kept }, expect });
    this.results = null;
    this.say('change');
    return file;
  }

  removeScenario(file) {
    this.studio.draft.remove(file);
    this.results = null;
    this.say('change');
  }

  showCoverage(on) {
    this.coverage = on;
    this.say('change');
  }
}
