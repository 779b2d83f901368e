/* The designer: opens the draft, draws its main diagram, and lets each feature add its part. */
import { render } from 'preact';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';

import { connect } from '../shell/api.js';
import { Draft } from '../shell/draft.js';
import { Failure } from '../opening/Failure.jsx';
import '../opening/opening.css';
import { speak } from '../shell/i18n.js';
import { Studio } from './studio.js';
import { Frame } from './Frame.jsx';
import { features } from './features.js';
import { makeModeler } from './modeler.js';

async function open(root) {
  const { draft: id, csrf, language, login } = root.dataset;
  speak(language);
  connect(csrf);
  const draft = await Draft.open(id);
  const container = document.createElement('div');
  container.className = 'canvas';
  const modeler = makeModeler(container);
  const studio = new Studio({ root, draft, modeler, login });
  features.forEach((start) => start(studio));
  root.textContent = '';
  addEventListener('unhandledrejection', ({ reason }) => {
    studio.trouble = reason?.message ?? String(reason);
    studio.say('trouble', studio.trouble);
  });
  render(<Frame studio={studio} canvas={container} />, root);
  studio.setReadOnly('reader', root.dataset.readOnly !== undefined);
  await studio.openDiagram();
  root.removeAttribute('aria-busy');
}

/* Whatever goes wrong becomes a sentence on the page. */
function fail(root, error) {
  root.textContent = '';
  render(<Failure error={error} back={root.dataset.back} />, root);
  root.removeAttribute('aria-busy');
}

const root = document.getElementById('designer');
open(root).catch((error) => fail(root, error));
