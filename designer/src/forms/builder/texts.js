/* The texts of a form in both languages. A text is kept in Chinese in the form; its English stands in strings/en.json under the Chinese. */
import { isChinese } from '../../shell/i18n.js';
import zh from '../zh.json';

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

/* A text that a new part of a form brings along and nobody has written yet, such as "文本 2" and "Text 2". */
export function isStock(text, english) {
  const [words, number] = (english[text] ?? '').split(/(?= \d+$)/);
  return text === `${zh[words]}${number ?? ''}`;
}

/* The texts after a Chinese one was changed: its English goes with it, unless nobody wrote that, or the old text stands elsewhere still.
   ``after`` '' leaves only the old one out. */
export function carried(english, before, after, isStillUsed) {
  const next = { ...english };
  const words = isStock(before, english) ? undefined : (english[before] ?? (isOwnEnglish(before, english) ? before : undefined));
  if (words && after && next[after] === undefined) next[after] = words;
  if (!isStillUsed) delete next[before];
  return next;
}

/* What is typed as the English of a text is the text itself: there is none yet, or an English reader has written none but the English. */
export const isOwnEnglish = (text, english) => text === '' || (!isChinese() && (isStock(text, english) || (!CHINESE.test(text) && english[text] === undefined)));
