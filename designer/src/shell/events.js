/* Listeners by name: what a feature says, and whoever wants to hear it. */
export class Events {
  #listeners = new Map();

  on(name, listener) {
    const all = this.#listeners.get(name) ?? this.#listeners.set(name, new Set()).get(name);
    all.add(listener);
    return () => all.delete(listener);
  }

  say(name, detail) {
    this.#listeners.get(name)?.forEach((listener) => listener(detail));
  }
}
