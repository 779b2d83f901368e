/* Moments as the server writes them, with the offset of the installation: read off, never reckoned with zones. */
import { t } from './i18n.js';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export const clock = (moment) => moment.slice(11, 16);
export const day = (moment) => moment.slice(0, 10);
export const weekday = (moment) => t(DAYS[new Date(`${day(moment)}T00:00:00Z`).getUTCDay()]);
export const date = (moment) => `${moment.slice(5, 7)}-${moment.slice(8, 10)}`;
export const said = (moment) => `${date(moment)} ${weekday(moment)} ${clock(moment)}`;
export const ticks = (moment) => Date.parse(moment);
export const offsetOf = (moment) => moment?.match(/([+-]\d\d:\d\d|Z)$/)?.[1] ?? 'Z';
