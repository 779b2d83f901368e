/* The English of a draft's Chinese texts, in one file of it: {Chinese: English}. */
import { isChinese } from './i18n.js';

export const ENGLISH = 'strings/en.json';
const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/* The texts; null where there is a file and it cannot be read: nothing may be written over it, and the page tells of it. */
export function readEnglish(draft) {
  if (draft.read(ENGLISH) === null) return {};
  const read = draft.readJson(ENGLISH);
  return isPlain(read) ? read : null;
}

/* Keep the texts, unless what is there cannot be read. */
export function writeEnglish(draft, english) {
  const before = readEnglish(draft);
  if (before && JSON.stringify(before) !== JSON.stringify(english)) draft.writeJson(ENGLISH, english);
}

/* A text of the drawing in the reader's language. */
export function said(draft, text) {
  if (isChinese() || !text) return text;
  return readEnglish(draft)?.[text] ?? text;
}

/* The texts after the English of one was changed. A text that exists in English only is its own "Chinese" until somebody writes that. */
export function translated(english, text, words) {
  const next = { ...english };
  if (words.trim()) next[text] = words;
  else delete next[text];
  return next;
}
