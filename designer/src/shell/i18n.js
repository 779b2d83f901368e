/* Words of the designer. A text is written in English where it is used; each feature brings its Chinese in a zh.json beside it. */
const chinese = new Map();
let language = 'zh';

export function speak(chosen) {
  language = chosen;
}

export const isChinese = () => language === 'zh';

export function addWords(words) {
  Object.entries(words).forEach(([english, zh]) => chinese.set(english, zh));
}

/* The text in the reader's language; ``{name}`` is filled from the facts. */
export function t(english, facts = {}) {
  const text = isChinese() ? (chinese.get(english) ?? english) : english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}
