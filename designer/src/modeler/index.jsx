/* The designer: opens the draft, draws its main diagram, and lets each feature add its part. */
import { render } from 'preact';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';

import { connect } from '../shell/api.js';
import { Draft } from '../shell/draft.js';
import { addWords, speak } from '../shell/i18n.js';
import words from '../shell/zh.json';
import { Studio } from './studio.js';
import { Frame } from './Frame.jsx';
import { features } from './features.js';
import { makeModeler } from './modeler.js';

addWords(words);

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
  render(<Frame studio={studio} canvas={container} />, root);
  studio.setReadOnly('reader', root.dataset.readOnly !== undefined);
  await studio.openDiagram();
  root.removeAttribute('aria-busy');
}

open(document.getElementById('designer'));
