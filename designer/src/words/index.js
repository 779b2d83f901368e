/* The words of bpmn-js and its parts, in the reader's language. */
import { addWords, t } from '../shell/i18n.js';
import words from './bpmn.json';

addWords(words);

export default { translate: ['value', (text, facts) => t(text, facts)] };
