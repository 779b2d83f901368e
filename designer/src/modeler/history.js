/* Undo and redo in the bar. */
export function start(studio) {
  const stack = () => studio.service('commandStack');
  studio.addTool({ id: 'undo', title: 'Undo', icon: 'arrow-back-up', order: 10, hint: () => 'Ctrl+Z', act: () => stack().undo(), disabled: () => studio.mode !== 'edit' || !stack().canUndo() });
  studio.addTool({ id: 'redo', title: 'Redo', icon: 'arrow-forward-up', order: 11, hint: () => 'Ctrl+Y', act: () => stack().redo(), disabled: () => studio.mode !== 'edit' || !stack().canRedo() });
}
