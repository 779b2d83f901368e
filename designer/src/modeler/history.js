/* Undo and redo in the bar. */
import { t } from './i18n.js';

export function start(studio) {
  const stack = () => studio.service('commandStack');
  studio.addTool({ id: 'undo', title: t('Undo'), icon: 'arrow-back-up', order: 10, hint: () => 'Ctrl+Z', act: () => stack().undo(), hidden: () => studio.isReadOnly, disabled: () => studio.mode !== 'edit' || !stack().canUndo() });
  studio.addTool({ id: 'redo', title: t('Redo'), icon: 'arrow-forward-up', order: 11, hint: () => 'Ctrl+Y', act: () => stack().redo(), hidden: () => studio.isReadOnly, disabled: () => studio.mode !== 'edit' || !stack().canRedo() });
}
