/* The texts of a form in both languages. A text is kept in Chinese in the form; its English stands in strings/en.json under the Chinese. */
const SHOWN = new Set(['title', 'description', 'help', 'primary', 'placeholder']);
const CHINESE = /\p{Script=Han}/u;

export function textsOf(node, found = new Set()) {
  if (Array.isArray(node)) node.forEach((each) => textsOf(each, found));
  else if (node && typeof node === 'object') {
    Object.entries(node).forEach(([key, value]) => {
      if (SHOWN.has(key) && typeof value === 'string') found.add(value);
      else textsOf(value, found);
    });
  }
  return found;
}

/* A Chinese text that nobody has translated; one without any Chinese letter is the same in both languages. */
export const lacksEnglish = (text, english) => Boolean(text) && CHINESE.test(text) && !english[text]?.trim();

export const inEnglish = (text, english) => english[text] ?? (CHINESE.test(text) ? '' : text);

/* The texts after a Chinese one was changed: its English goes with it, unless the old text stands elsewhere still. */
export function carried(english, before, after, isStillUsed) {
  const next = { ...english };
  if (next[before] !== undefined && after && next[after] === undefined) next[after] = next[before];
  if (!isStillUsed) delete next[before];
  return next;
}

/* The texts after an English one was changed. A text that exists in English only is its own "Chinese" until somebody writes that. */
export function translated(english, text, words) {
  const next = { ...english };
  if (words.trim()) next[text] = words;
  else delete next[text];
  return next;
}

export const isOwnEnglish = (text) => !CHINESE.test(text);
