/* Copy and paste between diagrams and drafts: what was copied last lies in the browser's storage. */
import { Pasting } from './pasting.js';

const KEY = 'baton-clipboard';

/* Elements come back from text as the model's own objects; what the model does not know is left out. */
function reviver(moddle) {
  return (key, value) => {
    if (typeof value?.$type !== 'string') return value;
    const { $type, ...attrs } = value;
    return moddle.registry.typeMap[$type] ? moddle.create($type, attrs) : undefined;
  };
}

class SharedClipboard {
  constructor(moddle) {
    this.moddle = moddle;
  }

  get() {
    const text = localStorage.getItem(KEY);
    try {
      return text ? JSON.parse(text, reviver(this.moddle)) : undefined;
    } catch {
      return undefined;
    }
  }

  set(tree) {
    localStorage.setItem(KEY, JSON.stringify(tree));
  }

  clear() {
    const tree = this.get();
    localStorage.removeItem(KEY);
    return tree;
  }

  isEmpty() {
    return localStorage.getItem(KEY) === null;
  }
}
SharedClipboard.$inject = ['moddle'];

export const clipboardModule = { __init__: ['pasting'], clipboard: ['type', SharedClipboard], pasting: ['type', Pasting] };
