/* Which element comes next along the flow, and how an element is said in words. */
import { translate } from '../words/index.js';
import { t } from './i18n.js';

const isNode = (element) => Boolean(element.businessObject?.$instanceOf?.('bpmn:FlowNode')) && element.type !== 'label';

const nodes = (studio) => studio.service('elementRegistry').filter(isNode).sort((a, b) => a.x - b.x || a.y - b.y);

export const firstOf = (studio) => nodes(studio).find(({ incoming }) => !incoming.length) ?? nodes(studio)[0] ?? null;

/* ``way``: next and previous follow the flows and go on in reading order at an end; above and below go to the nearest. */
export function neighbour(studio, from, way) {
  if (from.waypoints) return way === 'previous' ? from.source : from.target;
  if (way === 'above' || way === 'below') return nearest(studio, from, way);
  const along = way === 'next' ? from.outgoing.map(({ target }) => target) : from.incoming.map(({ source }) => source);
  const attached = way === 'next' ? from.attachers ?? [] : [from.host].filter(Boolean);
  const flow = [...along, ...attached].filter(isNode);
  if (flow.length) return flow[0];
  const all = nodes(studio);
  return all[all.indexOf(from) + (way === 'next' ? 1 : -1)] ?? from;
}

function nearest(studio, from, way) {
  const sign = way === 'below' ? 1 : -1;
  const mid = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
  const here = mid(from);
  const far = (each) => Math.abs(mid(each).y - here.y) + 2 * Math.abs(mid(each).x - here.x);
  const there = nodes(studio).filter((each) => (mid(each).y - here.y) * sign > 5);
  return there.sort((a, b) => far(a) - far(b))[0] ?? from;
}

const called = ({ businessObject }) => businessObject.name || t('without a name');

/* "User task: Repair. Goes on to: Check." in the reader's words. */
export function describe(studio, element) {
  const { type, outgoing = [] } = element;
  const kind = translate(type.replace('bpmn:', '').replace(/(?<!^)([A-Z])/g, ' $1').replace(/ ./g, (each) => each.toLowerCase()));
  const ways = outgoing.filter(({ target }) => target).map(({ target }) => called(target));
  const where = ways.length ? t('Goes on to: {names}.', { names: ways.join(t(', ')) }) : '';
  return `${kind}${t(': ')}${called(element)}${t('. ')}${where}`;
}
