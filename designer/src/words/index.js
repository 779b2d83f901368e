/* The words of bpmn-js and its parts, in the reader's language. */
import { words } from '../shell/i18n.js';
import zh from './bpmn.json';

export const translate = words(zh);

export default { translate: ['value', translate] };
