/* Words of the designer. A text is written in English where it is used; each feature has its Chinese in a zh.json beside it. */
let language = 'zh';

export function speak(chosen) {
  language = chosen;
}

export const isChinese = () => language === 'zh';

/* The ``t`` of a feature out of its own Chinese: a text in the reader's language, ``{name}`` filled from the facts. */
export function words(chinese) {
  const known = new Map(Object.entries(chinese));
  return (english, facts = {}) => {
    const text = isChinese() ? (known.get(english) ?? english) : english;
    return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
  };
}
