/* By finger: one moves the picture, two make it larger or smaller. bpmn-js itself hears the mouse only. */
const [SMALLEST, LARGEST] = [0.2, 4]; /* as with the wheel */

export function start(studio) {
  const canvas = studio.service('canvas');
  const area = canvas.getContainer();
  const fingers = new Map();
  const here = ({ clientX, clientY }) => {
    const { left, top } = area.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  area.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' && !event.target.closest('.djs-palette')) fingers.set(event.pointerId, here(event));
  });
  area.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = here(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (!other) canvas.scroll({ dx: now.x - before.x, dy: now.y - before.y });
    else canvas.zoom(Math.min(LARGEST, Math.max(SMALLEST, (canvas.zoom() * apart(now, other)) / apart(before, other))), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  });
  ['pointerup', 'pointercancel'].forEach((name) => window.addEventListener(name, ({ pointerId }) => fingers.delete(pointerId)));
}

const apart = (one, other) => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
