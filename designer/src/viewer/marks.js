/* What is laid over the drawing. ``standing`` comes from the server: {done: [ids], here: [{id, count, mark?}], faults: [{id, word}], findings: [{id, level, word}], changes: [{id, kind}]}. */

const MARK_ABOVE = { top: -34, left: 0 };
const COUNT_AT_CORNER = { top: -12, right: 10 };

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function lay(viewer, id, position, html) {
  if (viewer.get('elementRegistry').get(id)) {
    viewer.get('overlays').add(id, { position, html, scale: { min: 1, max: 1 } });
  }
}

function paint(viewer, ids, className) {
  const registry = viewer.get('elementRegistry');
  ids.filter((id) => registry.get(id)).forEach((id) => viewer.get('canvas').addMarker(id, className));
}

/* A flow was taken when both its ends were: good enough for a picture, and the journal keeps the truth. */
function takenFlows(viewer, done, here) {
  const left = new Set(done);
  const reached = new Set([...done, ...here]);
  return viewer
    .get('elementRegistry')
    .filter((shape) => shape.type === 'bpmn:SequenceFlow' && left.has(shape.source.id) && reached.has(shape.target.id))
    .map((shape) => shape.id);
}

export function addMarks(viewer, { done = [], here = [], faults = [], findings = [], changes = [] }) {
  const places = here.map((place) => place.id);
  paint(viewer, done.filter((id) => !places.includes(id)), 'b-done');
  paint(viewer, takenFlows(viewer, done, places), 'b-done');
  paint(viewer, places, 'b-here');
  paint(viewer, faults.map((fault) => fault.id), 'b-fault');
  here.forEach(({ id, count, mark }) => {
    lay(viewer, id, COUNT_AT_CORNER, element('span', 'b-token', String(count)));
    if (mark) lay(viewer, id, MARK_ABOVE, element('div', `b-mark b-mark--${mark.state}`, mark.word));
  });
  faults.forEach(({ id, word }) => lay(viewer, id, MARK_ABOVE, element('div', 'b-mark b-mark--late', word)));
  changes.forEach(({ id, kind }) => paint(viewer, [id], `b-${kind}`));
  findings.forEach(({ id, level, word }) => {
    paint(viewer, [id], level === 'error' ? 'b-fault' : 'b-here');
    lay(viewer, id, MARK_ABOVE, element('div', `b-mark b-mark--${level === 'error' ? 'late' : 'warn'}`, word));
  });
}

/* Open on the place where work is, at a readable size; the whole picture is one button away. */
export function focusOn(viewer, { here = [], faults = [], findings = [], changes = [] }, width) {
  const canvas = viewer.get('canvas');
  const shapes = [...here, ...faults, ...findings, ...changes].map(({ id }) => viewer.get('elementRegistry').get(id)).filter((shape) => shape && shape.width);
  const { inner, outer } = canvas.viewbox();
  if (!shapes.length || inner.width <= width) return;
  const height = (width * outer.height) / outer.width;
  const middle = {
    x: shapes[0].x + shapes[0].width / 2,
    y: shapes[0].y + shapes[0].height / 2,
  };
  const clamp = (value, least, most) => Math.max(least, Math.min(value, Math.max(least, most)));
  canvas.viewbox({
    x: clamp(middle.x - width / 2, inner.x - 20, inner.x + inner.width - width + 20),
    y: clamp(middle.y - height / 2, inner.y - 20, inner.y + inner.height - height + 20),
    width,
    height,
  });
}
