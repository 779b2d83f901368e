/* The English of Chinese texts that stand in the drawing or in the words of a notice; each field is one step of undo. */
import { writeJson } from '../modeler/commands.js';
import { ENGLISH, readEnglish, translated } from '../shell/english.js';
import { t } from './i18n.js';
import { Line } from './Line.jsx';

/* ``texts``: rows of {text, label, rows}; what has no text yet is not asked for. */
export function English({ studio, texts }) {
  const english = readEnglish(studio.draft);
  if (!english) return <p class="b-err">{t('The English texts cannot be read, so none can be written here.')}</p>;
  const write = (text, words) => writeJson(studio, ENGLISH, translated(english, text, words));
  return texts
    .filter(({ text }) => text)
    .map(({ text, ...line }) => <Line key={line.label} {...line} value={english[text]} onChange={(words) => write(text, words)} />);
}
