/* The diagrams of the draft: which is shown, what opening it could lose, and its XML written back to the draft after each change. */
import './diagrams.css';
import { isNarrow } from '../modeler/narrow.js';
import { xmlFault } from '../opening/faults.js';
import { lossesOf } from '../opening/losses.js';
import { Notices } from './Notices.jsx';
import { keptAside, lacking, losses } from './reading.js';

/* What is said of a diagram that opens without trouble. */
const NOTHING = { fault: null, detail: '', losses: [], aside: [] };
const PAUSE = 300;
const [BESIDE, ABOVE, EDGE] = [150, 60, 20]; /* pixels that the palette, the bar and the edges take */
const READABLE = 0.8; /* the smallest scale at which names can be read */

export function start(studio) {
  const { modeler, draft } = studio;
  let waiting = 0;
  studio.opening = NOTHING;
  studio.addPart({ id: 'notices', order: 10, Part: Notices });

  async function write() {
    clearTimeout(waiting);
    waiting = 0;
    if (studio.opening.fault || studio.opening.losses.length) return;
    const { xml } = await modeler.saveXML({ format: true });
    draft.write(studio.diagram, xml);
  }

  modeler.on('commandStack.changed', () => {
    studio.say('changed');
    clearTimeout(waiting);
    waiting = setTimeout(write, PAUSE);
  });
  modeler.on('selection.changed', () => studio.say('select', studio.selected));

  async function drawn(xml) {
    const wrong = xmlFault(studio.diagram, xml) ?? lacking(xml);
    if (wrong) return { ...NOTHING, fault: wrong.kind, detail: wrong.sentence };
    try {
      const { warnings } = await modeler.importXML(xml);
      return { ...NOTHING, losses: losses(await dropped(xml), warnings), aside: keptAside(xml), warnings };
    } catch (error) {
      return { ...NOTHING, fault: 'not-drawn', detail: error.message.split('\n')[0].slice(0, 200) };
    }
  }

  /* What the file says and saving would not: bpmn-js warns of some of it only. */
  async function dropped(xml) {
    const saved = await modeler.saveXML();
    return lossesOf(xml, saved.xml, studio.service('moddle'));
  }

  /* Show a diagram of the draft; without a name the main one. What cannot be drawn is told in the page, never thrown. */
  studio.openDiagram = async (name) => {
    if (waiting) await write();
    studio.diagram = name ?? mainDiagram(draft);
    const opening = await drawn(draft.read(studio.diagram));
    if (opening.fault) await modeler.importXML(BLANK);
    studio.opening = opening;
    studio.setReadOnly('loss', Boolean(opening.fault) || opening.losses.length > 0);
    studio.fit();
    showBeginning();
    studio.say('diagram', studio.diagram);
    return opening.warnings ?? [];
  };

  /* The whole drawing beside the palette, never larger than life. */
  studio.fit = () => {
    const canvas = studio.service('canvas');
    canvas.resized(); /* the window or the list of problems may have another size than when it was last looked at */
    const { inner, outer } = canvas.viewbox();
    const beside = isNarrow() ? 0 : BESIDE;
    const scale = Math.min(1, (outer.width - beside - 2 * EDGE) / (inner.width || 1), (outer.height - 2 * ABOVE) / (inner.height || 1));
    const middle = { x: inner.x + inner.width / 2, y: inner.y + inner.height / 2 };
    const [width, height] = [outer.width / scale, outer.height / scale];
    canvas.viewbox({ x: middle.x - width / 2 - beside / 2 / scale, y: middle.y - height / 2, width, height });
  };

  /* A narrow window shows where it begins, large enough to be read; the rest is a finger's move away. */
  function showBeginning() {
    const canvas = studio.service('canvas');
    const begin = studio.service('elementRegistry').find(({ type }) => type === 'bpmn:StartEvent');
    if (!isNarrow() || !begin || canvas.zoom() >= READABLE) return;
    canvas.zoom(READABLE);
    canvas.scrollToElement(begin, { top: 2 * ABOVE, left: EDGE, bottom: ABOVE, right: canvas.getSize().width / 2 });
  }

  /* What is drawn is in the draft when this resolves. */
  studio.flush = () => (waiting ? write() : Promise.resolve());

  window.addEventListener('beforeunload', (event) => {
    if (waiting || !draft.isSaved) event.preventDefault();
  });
}

const SETTINGS = 'process.json';

/* Settings that cannot be read stay as they are: the page says what is wrong with them. */
function setMain(draft, main) {
  const settings = draft.read(SETTINGS) === null ? {} : draft.readJson(SETTINGS);
  if (settings) draft.writeJson(SETTINGS, { ...settings, main });
}

export function mainDiagram(draft) {
  const main = draft.readJson(SETTINGS)?.main;
  return draft.read(main) === null ? draft.names('.bpmn')[0] : main;
}

/* Begin a diagram of its own in the draft, and show it. */
export async function addDiagram(studio, title) {
  const id = `process_${Date.now().toString(36)}`;
  const name = `${id}.bpmn`;
  studio.draft.write(name, drawingOf(id, title));
  await studio.openDiagram(name);
}

export async function renameDiagram(studio, name) {
  await studio.flush();
  const { draft, diagram } = studio;
  const made = `${name.trim().replace(/\.bpmn$/i, '').replace(/[^\w\u4e00-\u9fff-]+/g, '_')}.bpmn`;
  if (draft.read(made) !== null) return false;
  const isMain = mainDiagram(draft) === diagram;
  draft.write(made, draft.read(diagram));
  if (isMain) setMain(draft, made);
  draft.remove(diagram);
  await studio.openDiagram(made);
  return true;
}

export function makeMain(studio) {
  setMain(studio.draft, studio.diagram);
  studio.say('tools');
}

export async function removeDiagram(studio) {
  await studio.flush();
  studio.draft.remove(studio.diagram);
  await studio.openDiagram();
}

const escaped = (text) => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

function drawingOf(id, title) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:baton="urn:baton:bpmn:1" id="definitions_${id}" targetNamespace="urn:baton:processes">
  <bpmn:process id="${id}" name="${escaped(title)}" isExecutable="true">
    <bpmn:startEvent id="start_${id}" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_${id}">
    <bpmndi:BPMNPlane id="plane_${id}" bpmnElement="${id}">
      <bpmndi:BPMNShape id="start_${id}_di" bpmnElement="start_${id}"><dc:Bounds x="200" y="200" width="36" height="36" /></bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
`;
}

const BLANK = drawingOf('nothing', '');
