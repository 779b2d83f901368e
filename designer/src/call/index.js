/* Connectors: what a service task asks of an outside system. */
import { addWords } from '../shell/i18n.js';
import { Call } from './Call.jsx';
import words from './zh.json';
import './call.css';

export function start(studio) {
  addWords(words);
  studio.addTab({ id: 'call', title: 'Connector', order: 15, applies: (element) => element.businessObject.$type === 'bpmn:ServiceTask', Panel: Call });
}
