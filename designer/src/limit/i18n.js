/* What this feature says. */
import { words } from '../shell/i18n.js';
import zh from './zh.json';

export const t = words(zh);
