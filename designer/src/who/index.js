/* Who does a step: a picker over the organisation in plain words, written to baton:assignment. */
import { addWords } from '../shell/i18n.js';
import { watchPointed } from '../shell/usePointed.js';
import { Who } from './Who.jsx';
import { keepVariables } from './loops.js';
import zh from './zh.json';
import './who.css';

export function start(studio) {
  addWords(zh);
  watchPointed(studio);
  keepVariables(studio);
  studio.addTab({ id: 'who', title: 'Who', order: 10, applies: (element) => element.type === 'bpmn:UserTask' || element.type === 'bpmn:ManualTask', Panel: Who });
}
