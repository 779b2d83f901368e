/* The live diagram of one instance: where it has been, where it stands, what is broken. Read only; colours come from the page's tokens. */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { getLabel } from 'bpmn-js/lib/util/LabelUtil';
import { getDi } from 'bpmn-js/lib/util/ModelUtil';
import { getMid } from 'diagram-js/lib/layout/LayoutUtil';

import wholeBounds from '../opening/bounds.js';
import { addMarks, focusOn } from './marks.js';

const READABLE = 1040; /* diagram units across a wide canvas at which labels are still easy to read */
const READABLE_SMALL = 420;

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function viewerIn(container) {
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const viewer = new NavigatedViewer({
    container,
    additionalModules: [wholeBounds],
    bpmnRenderer: {
      defaultFillColor: token('--b-surface'),
      defaultStrokeColor: token('--b-line-strong'),
      defaultLabelColor: token('--b-ink'),
    },
    textRenderer: { defaultStyle: { fontFamily, fontSize: 13 }, externalStyle: { fontSize: 12 } },
  });
  viewer.get('eventBus').on('shape.add', ({ element }) => keepAside(element, viewer.get('textRenderer')));
  return viewer;
}

async function show(container) {
  const [xml, standing] = await Promise.all([
    fetch(container.dataset.xml).then((answer) => answer.text()),
    container.dataset.standing ? fetch(container.dataset.standing).then((answer) => answer.json()) : { marks: [] },
  ]);
  const viewer = viewerIn(container);
  await viewer.importXML(xml);
  viewer.get('canvas').zoom('fit-viewport', 'auto');
  addMarks(viewer, standing);
  focusOn(viewer, standing, container.clientWidth < 600 ? READABLE_SMALL : READABLE);
  container.removeAttribute('aria-busy');
  return viewer;
}

/* Labels were placed for the words of the drawing's own language: longer ones of another grow away from what they name. */
function keepAside(label, textRenderer) {
  const drawn = label.type === 'label' && getDi(label).label?.bounds;
  if (!drawn) return;
  const { labelTarget } = label;
  const middle = getMid(drawn);
  const named = labelTarget.waypoints ? nearest(middle, labelTarget.waypoints) : getMid(labelTarget);
  const words = textRenderer.getExternalLabelBounds(drawn, getLabel(label));
  label.width = Math.max(drawn.width, words.width);
  label.height = Math.max(drawn.height, words.height);
  label.x = drawn.x - (label.width - drawn.width) * before(middle.x - named.x);
  label.y = drawn.y - (label.height - drawn.height) * before(middle.y - named.y);
}

const BESIDE = 4; /* units from the middle of what it names: nearer than this a label grows to both sides */

/* How much of what a label grows goes to its left, or above it. */
function before(offset) {
  if (Math.abs(offset) < BESIDE) return 0.5;
  return offset < 0 ? 1 : 0;
}

function nearest(point, line) {
  const found = line.slice(1).map((end, index) => nearestBetween(point, line[index], end));
  return found.reduce((best, each) => (distance(point, each) < distance(point, best) ? each : best), line[0]);
}

function nearestBetween(point, start, end) {
  const way = { x: end.x - start.x, y: end.y - start.y };
  const share = ((point.x - start.x) * way.x + (point.y - start.y) * way.y) / (way.x ** 2 + way.y ** 2 || 1);
  const within = Math.min(1, Math.max(0, share));
  return { x: start.x + within * way.x, y: start.y + within * way.y };
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

const shown = new WeakMap();

function zoom(button) {
  const container = button.closest('.card')?.querySelector('[data-diagram]');
  const canvas = shown.get(container)?.get('canvas');
  if (!canvas) return;
  if (button.dataset.zoom === 'fit') canvas.zoom('fit-viewport', 'auto');
  else canvas.zoom(canvas.zoom() * Number(button.dataset.zoom));
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-zoom]');
  if (button) zoom(button);
});

/* Two pictures beside each other move together, and both go where a change is pointed at. */
function beside(container) {
  return [...document.querySelectorAll('[data-beside]')].map((each) => shown.get(each)).filter((viewer) => viewer && viewer !== shown.get(container));
}

let following = false;

function follow(container) {
  const canvas = shown.get(container).get('canvas');
  shown.get(container).on('canvas.viewbox.changed', () => {
    if (following) return;
    following = true;
    const { x, y, width, height } = canvas.viewbox();
    beside(container).forEach((viewer) => viewer.get('canvas').viewbox({ x, y, width, height }));
    following = false;
  });
}

document.addEventListener('click', (event) => {
  const id = event.target.closest('[data-go]')?.dataset.go;
  if (!id) return;
  const viewers = [...document.querySelectorAll('[data-beside]')].map((each) => shown.get(each)).filter(Boolean);
  const holding = viewers.find((viewer) => viewer.get('elementRegistry').get(id));
  holding?.get('canvas').scrollToElement(id, 60);
  viewers.forEach((viewer) => viewer.get('selection').select(viewer.get('elementRegistry').get(id) ?? null));
  document.querySelector('[data-beside]').scrollIntoView({ block: 'center' });
});

/* Draw the diagram in this container: ``data-xml`` and, for a running case, ``data-standing`` are addresses. */
export function start(container) {
  return show(container)
    .then((viewer) => {
      shown.set(container, viewer);
      if ('beside' in container.dataset) follow(container);
    })
    .catch(() => {
      container.textContent = container.dataset.failed;
      container.removeAttribute('aria-busy');
    });
}
