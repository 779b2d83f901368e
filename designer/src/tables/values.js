/* What is typed into the fields of a trial of a table, and the variables that it makes. */
export const isNumber = (kind) => ['number', 'integer', 'double', 'long'].includes(kind);

/* The variables out of what was typed; what is empty is left out. */
export function dataOf(fields, values) {
  const data = {};
  fields.forEach(({ path, kind }) => {
    const typed = (values[path] ?? '').trim();
    if (typed !== '') put(data, path.split('.'), valueOf(typed, kind));
  });
  return data;
}

function put(data, [first, ...rest], value) {
  if (!rest.length) data[first] = value;
  else put((data[first] = typeof data[first] === 'object' && data[first] ? data[first] : {}), rest, value);
}

function valueOf(typed, kind) {
  if (kind === 'string' || kind === 'date') return typed;
  if (['true', 'false', 'null'].includes(typed)) return JSON.parse(typed);
  return typed !== '' && Number.isFinite(Number(typed)) ? Number(typed) : typed.replace(/^"(.*)"$/, '$1');
}

/* The other way round: what is to be shown in the field of each path. */
export function flat(data, before = '') {
  return Object.entries(data ?? {}).reduce((found, [name, value]) => {
    const path = before + name;
    if (value && typeof value === 'object' && !Array.isArray(value)) return { ...found, ...flat(value, `${path}.`) };
    return { ...found, [path]: value === null ? '' : String(value) };
  }, {});
}

/* A result as it is written in a field: a text as it is, unless it could be read as something else. */
export const written = (value) => (typeof value === 'string' && value !== '' && resultOf(value) === value ? value : JSON.stringify(value));

/* The other way round; undefined for what begins like a list, an object or a text in quotation marks and does not end as one. */
export function resultOf(typed) {
  const text = typed.trim();
  try {
    return JSON.parse(text || 'null');
  } catch {
    return /^[[{"]/.test(text) ? undefined : text;
  }
}
