/* When: the limit of a step with its calendar and ladder, and timer events. */
import { addWords } from '../shell/i18n.js';
import { watchPointed } from '../shell/usePointed.js';
import { Limit } from './Limit.jsx';
import { Timer } from './Timer.jsx';
import { timerOf } from './timers.js';
import zh from './zh.json';
import './limit.css';

export function start(studio) {
  addWords(zh);
  watchPointed(studio);
  studio.addTab({ id: 'limit', title: 'Limit', order: 30, applies: (element) => element.type === 'bpmn:UserTask' || element.type === 'bpmn:ManualTask', Panel: Limit });
  studio.addTab({ id: 'limit', title: 'When', order: 30, applies: (element) => Boolean(timerOf(element)), Panel: Timer });
}
