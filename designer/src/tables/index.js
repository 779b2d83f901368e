/* Decision tables: a layer over the canvas, loaded when it is first opened. Listens to ``open-table`` (a file, or file#decision). */
import { t } from './i18n.js';

export function start(studio) {
  async function open(wanted) {
    await studio.flush();
    const { openLayer } = await import('./decisionTables.jsx');
    openLayer(studio, wanted);
  }
  studio.addTool({ id: 'tables', title: t('Decision tables'), icon: 'table', order: 30, act: () => open(), hint: () => t('The decision tables of this process') });
  studio.on('open-table', open);
}
