/* A new flow that would run across what stands in the same row goes around it: over it, or below where there is more room. */
import { getMid } from 'diagram-js/lib/layout/LayoutUtil';

const ROOM = 25; /* between a step and the flow that goes around it */

export class Around {
  constructor(layouter, elementRegistry) {
    const lay = layouter.layoutConnection.bind(layouter);
    layouter.layoutConnection = (connection, hints = {}) => {
      const points = lay(connection, hints);
      const ends = [connection.source ?? hints.source, connection.target ?? hints.target];
      if (connection.waypoints?.length || !ends.every(isNode) || ends[0] === ends[1]) return points;
      const others = elementRegistry.filter((each) => isNode(each) && each.parent === ends[0].parent && !ends.includes(each));
      return around(points, ends, others) ?? points;
    };
  }
}
Around.$inject = ['layouter', 'elementRegistry'];

const isNode = (element) => Boolean(element?.businessObject?.$instanceOf?.('bpmn:FlowNode')) && !element.labelTarget && !element.waypoints && !element.host;

/* The points around what the flow would cross in the row of both its ends; null when it crosses nothing. */
function around(points, ends, others) {
  if (Math.max(...ends.map(top)) >= Math.min(...ends.map(bottom))) return null;
  const met = others.filter((each) => points.some((point, at) => at && crosses(points[at - 1], point, each)));
  if (!met.length) return null;
  const row = [...met, ...ends];
  const [from, to] = ends.map((each) => getMid(each).x).sort((a, b) => a - b);
  const crossed = (y) => others.filter((each) => crosses({ x: from, y }, { x: to, y }, each));
  const over = side(ends, top, Math.min(...row.map(top)) - ROOM, crossed);
  const below = side(ends, bottom, Math.max(...row.map(bottom)) + ROOM, crossed);
  const { docks, level } = below.hindrances < over.hindrances ? below : over;
  return [docks[0], ...docks.map(({ x }) => ({ x, y: level })), docks[1]];
}

/* Whether a level or upright line meets a shape. */
function crosses(a, b, { x, y, width, height }) {
  return Math.min(a.x, b.x) < x + width && Math.max(a.x, b.x) > x && Math.min(a.y, b.y) < y + height && Math.max(a.y, b.y) > y;
}

const top = ({ y }) => y;
const bottom = ({ y, height }) => y + height;

/* Where a flow leaves and arrives on a side, at which level it runs, and how many steps and flows are in its way there. */
function side(ends, edge, level, crossed) {
  const docks = ends.map((each) => ({ x: getMid(each).x, y: edge(each), original: getMid(each) }));
  const flows = ends.flatMap((each) => [...each.incoming, ...each.outgoing]);
  const isDocked = ({ x, y }) => flows.some(({ waypoints }) => waypoints?.some((point) => Math.abs(point.x - x) < 1 && Math.abs(point.y - y) < 1));
  return { docks, level, hindrances: crossed(level).length + docks.filter(isDocked).length };
}
