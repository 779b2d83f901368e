/* What the fields of the shell say. */
import { words } from './i18n.js';
import zh from './zh.json';

export const t = words(zh);
