/* Decision tables: a layer over the canvas, loaded when it is first opened. Listens to ``open-table`` (a file, or file#decision). */
import { addWords, t } from '../shell/i18n.js';
import zh from './zh.json';

export function start(studio) {
  addWords(zh);
  async function open(wanted) {
    await studio.flush();
    const { openLayer } = await import('./decisionTables.jsx');
    openLayer(studio, wanted);
  }
  studio.addTool({ id: 'tables', title: 'Decision tables', icon: 'table', order: 30, act: () => open(), hint: () => t('The decision tables of this process') });
  studio.on('open-table', open);
}
