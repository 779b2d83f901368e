/* When: the limit of a step with its calendar and ladder, and timer events. */
import { watchPointed } from '../shell/usePointed.js';
import { t } from './i18n.js';
import { Limit } from './Limit.jsx';
import { Timer } from './Timer.jsx';
import { timerOf } from './timers.js';
import './limit.css';

export function start(studio) {
  watchPointed(studio);
  studio.addTab({ id: 'limit', title: t('Limit'), order: 30, applies: (element) => element.type === 'bpmn:UserTask' || element.type === 'bpmn:ManualTask', Panel: Limit });
  studio.addTab({ id: 'limit', title: t('When'), order: 30, applies: (element) => Boolean(timerOf(element)), Panel: Timer });
}
