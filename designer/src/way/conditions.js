/* Conditions as the builder has them, written as expressions and read back; null where an expression is more than the builder can show.

   A condition is {join: 'and' | 'or', parts: [row | {join, parts: [row]}]}; a row is {field, op, value}, where op is one of
   == != < <= > >= in, not in, empty, filled, and value a text, number, boolean, {field}, or for (not) in a list of them;
   ``or`` is what counts while the field is not filled in. */
const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+(?:\.\d+)?|[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*|\?\?|==|!=|<=|>=|[<>()[\],-]/uy;
const COMPARING = new Set(['==', '!=', '<', '<=', '>', '>=']);
const TURNED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' };
const WORDS = new Set(['and', 'or', 'not', 'in']);
const CONSTANTS = { __proto__: null, true: true, false: false, null: null };

export function write(condition) {
  const parts = condition.parts.map((part) => (part.parts ? inner(part, condition) : row(part))).filter(Boolean);
  return parts.join(` ${condition.join} `);
}

function inner(group, outer) {
  const text = write(group);
  return group.parts.length > 1 && group.join !== outer.join && text ? `(${text})` : text;
}

function row({ field: name, op, value, or }) {
  if (!name) return '';
  const field = or === undefined ? name : `(${name} ?? ${written(or)})`;
  if (op === 'empty') return `${field} == null`;
  if (op === 'filled') return `${field} != null`;
  if (op === 'in' || op === 'not in') return `${field} ${op} [${value.map(written).join(', ')}]`;
  return `${field} ${op} ${written(value)}`;
}

function written(value) {
  if (value !== null && typeof value === 'object') return value.field;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/* The expression language has no way to write a mark inside marks of its own kind: a text with both kinds cannot be written. */
export function quoted(text) {
  const mark = text.includes('"') ? "'" : '"';
  return mark + text.replaceAll('\\', '\\\\') + mark;
}

const isWritable = (value) => typeof value !== 'string' || !(value.includes('"') && value.includes("'"));

/* Whether every row says all that it needs. */
export function isWhole(condition) {
  return condition.parts.length > 0 && condition.parts.every((part) => (part.parts ? isWhole(part) : isWholeRow(part)));
}

function isWholeRow({ field, op, value }) {
  if (!field) return false;
  if (op === 'empty' || op === 'filled') return true;
  if (op === 'in' || op === 'not in') return value.length > 0 && value.every(isWritable);
  return isWritable(value) && value !== '' && value !== null && value !== undefined;
}

/* Read an expression; null where it does not fit the builder. */
export function read(text) {
  const tokens = tokensOf(text);
  if (!tokens?.length) return null;
  const reader = new Reader(tokens);
  const tree = reader.either();
  return tree && reader.atEnd ? shaped(tree) : null;
}

function tokensOf(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) return null;
    if (match[0].trim()) found.push(match[0]);
  }
  return found;
}

/* One level of groups at most, each row in a list that is joined in one way. */
function shaped(tree) {
  if (!tree.parts) return { join: 'and', parts: [tree] };
  const flat = flattened(tree);
  return flat.parts.every((part) => !part.parts || part.parts.every((each) => !each.parts)) ? flat : null;
}

function flattened({ join, parts }) {
  const below = parts.map((part) => (part.parts ? flattened(part) : part));
  return { join, parts: below.flatMap((part) => (part.parts && part.join === join ? part.parts : [part])) };
}

class Reader {
  #at = 0;

  constructor(tokens) {
    this.tokens = tokens;
  }

  get atEnd() {
    return this.#at === this.tokens.length;
  }

  get next() {
    return this.tokens[this.#at];
  }

  take(...words) {
    const taken = words.every((word, step) => this.tokens[this.#at + step] === word);
    if (taken) this.#at += words.length;
    return taken;
  }

  either() {
    return this.#joined('or', () => this.#joined('and', () => this.#one()));
  }

  #joined(join, readOne) {
    const parts = [];
    do {
      const part = readOne();
      if (!part) return null;
      parts.push(part);
    } while (this.take(join));
    return parts.length === 1 ? parts[0] : { join, parts };
  }

  #one() {
    const start = this.#at;
    if (this.take('(')) {
      const inside = this.either();
      if (inside && this.take(')')) return inside;
      this.#at = start;
    }
    return this.#comparison();
  }

  #comparison() {
    const left = this.#value();
    const op = left && this.#operator();
    if (!op) return null;
    if (op === 'in' || op === 'not in') return this.#listed(left, op);
    const right = this.#value();
    return right && compared(left, op, right);
  }

  #operator() {
    if (this.take('not', 'in')) return 'not in';
    if (this.take('in')) return 'in';
    if (!COMPARING.has(this.next)) return null;
    return this.tokens[this.#at++];
  }

  #listed(left, op) {
    if (!left.field || !this.take('[')) return null;
    const values = [];
    do {
      const found = this.#value();
      if (!found || !('value' in found) || found.value === null) return null;
      values.push(found.value);
    } while (this.take(','));
    return this.take(']') ? { ...left, op, value: values } : null;
  }

  /* What stands between brackets: ``name ?? literal``. */
  #filled() {
    const name = this.#value();
    const other = name?.field && name.or === undefined && this.take('??') ? this.#value() : null;
    return other && 'value' in other && other.value !== null && this.take(')') ? { field: name.field, or: other.value } : null;
  }

  /* {value} of a literal, {field} of a name; null of anything else. */
  #value() {
    if (this.take('(')) return this.#filled();
    const sign = this.take('-') ? -1 : 1;
    const word = this.next;
    if (word === undefined) return null;
    this.#at += 1;
    if (/^\d/.test(word)) return { value: sign * Number(word) };
    return sign < 0 || this.next === '(' || this.next === '[' ? null : constant(word);
  }
}

function constant(word) {
  if (/^["']/.test(word)) return literal(word);
  if (word in CONSTANTS) return { value: CONSTANTS[word] };
  return /^[\p{L}_]/u.test(word) && !WORDS.has(word) ? { field: word } : null;
}

function literal(word) {
  const inside = word.slice(1, -1);
  return inside.replaceAll('\\\\', '').includes('\\') ? null : { value: inside.replaceAll('\\\\', '\\') };
}

function compared(left, op, right) {
  if (!left.field) return right?.field ? compared(right, TURNED[op], left) : null;
  if (right.or !== undefined) return null;
  if (right.value === null) return left.or === undefined ? ({ '==': { field: left.field, op: 'empty' }, '!=': { field: left.field, op: 'filled' } }[op] ?? null) : null;
  return { ...left, op, value: right.field ? { field: right.field } : right.value };
}
