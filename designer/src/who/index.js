/* Who does a step: a picker over the organisation in plain words, written to baton:assignment. */
import { watchPointed } from '../shell/usePointed.js';
import { t } from './i18n.js';
import { Who } from './Who.jsx';
import { keepVariables } from './loops.js';
import './who.css';

export function start(studio) {
  watchPointed(studio);
  keepVariables(studio);
  studio.addTab({ id: 'who', title: t('Who'), order: 10, applies: (element) => element.type === 'bpmn:UserTask' || element.type === 'bpmn:ManualTask', Panel: Who });
}
