/* Moments as the staff read them, in the zone of the organisation. */
import { isChinese } from '../shell/i18n.js';

const locale = () => (isChinese() ? 'zh-CN' : 'en-GB');
const formats = new Map();

function format(zone, options) {
  const key = JSON.stringify([locale(), zone, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), { timeZone: zone, hourCycle: 'h23', ...options }));
  return formats.get(key);
}

/* 11-20 周五 17:10 */
export function shortMoment(at, zone) {
  const parts = Object.fromEntries(format(zone, { month: '2-digit', day: '2-digit', weekday: 'short', hour: '2-digit', minute: '2-digit' }).formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return `${parts.month}-${parts.day} ${parts.weekday} ${parts.hour}:${parts.minute}`;
}

/* 周一 13:50: for what comes within days. */
export function dayAndTime(at, zone) {
  return format(zone, { weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(new Date(at)).replace(/(\S)(\d\d:)/, '$1 $2');
}
