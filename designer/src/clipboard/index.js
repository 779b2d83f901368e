/* Copy and paste between diagrams and drafts: what was copied last lies in the browser's storage. */
const KEY = 'baton-clipboard';

/* Elements come back from text as the model's own objects; what the model does not know is left out. */
function reviver(moddle) {
  const made = new Map();
  return (key, value) => {
    if (typeof value?.$type !== 'string') return value;
    if (value.id && made.has(value.id)) return made.get(value.id);
    const { $type, ...attrs } = value;
    if (!moddle.registry.typeMap[$type]) return undefined;
    const element = moddle.create($type, attrs);
    if (value.id) made.set(value.id, element);
    return element;
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

export const clipboardModule = { clipboard: ['type', SharedClipboard] };
