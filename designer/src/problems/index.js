/* Problems in plain words while drawing, each leading to its element and field. */
import { Drawer } from './Drawer.jsx';
import { drawMarks } from './marks.js';
import { Problems } from './problems.js';
import './problems.css';

export function start(studio) {
  const problems = new Problems(studio);
  studio.problems = problems;
  studio.addDrawer({ id: 'problems', order: 90, Drawer });
  studio.draft.on('change', () => problems.later());
  studio.on('changed', () => problems.look());
  studio.on('diagram', () => {
    problems.look();
    if (problems.state === 'waiting') problems.later();
  });
  problems.on('change', () => {
    if (studio.mode === 'edit') drawMarks(studio);
    studio.say('problems');
  });
  studio.on('mode', () => (studio.mode === 'edit' ? drawMarks(studio) : studio.service('overlays').remove({ type: 'problem' })));
  studio.on('field', (field) => focusField(field));

  /* Go to what a finding speaks of, in whatever diagram or file it is. */
  studio.leadTo = async ({ file, element, field }) => {
    const isDiagram = file?.endsWith('.bpmn');
    if (isDiagram && file !== studio.diagram) await studio.openDiagram(file);
    if (isDiagram && element) studio.show(element, field);
    else if (file?.endsWith('.dmn')) studio.say('open-table', file);
    else if (file?.startsWith('forms/') && !studio.isHeld) await studio.openForm(file.slice('forms/'.length, -'.json'.length));
  };
  studio.showProblem = (id) => {
    const finding = problems.findings.find((each) => each.element === id && each.file === studio.diagram);
    if (finding) studio.leadTo(finding);
  };
}

/* The panel draws the tab first. A field that is not there leaves the focus where it is. */
function focusField(field) {
  requestAnimationFrame(() => setTimeout(() => document.querySelector(`.b-props [data-field="${CSS.escape(field)}"]`)?.focus()));
}
