/* Who does the steps of a lane: what the lane says is written to each step in it that says nothing of its own. */
import { getMid } from 'diagram-js/lib/layout/LayoutUtil';

import { together } from '../modeler/commands.js';
import { extensionOf, plain, setExtension, setExtensions } from '../modeler/extensions.js';

/* The innermost lane that a step stands in, or undefined. */
function laneOf(studio, step) {
  const { x, y } = getMid(step);
  const around = studio.service('elementRegistry').filter((each) => each.type === 'bpmn:Lane' && each.x <= x && each.x + each.width >= x && each.y <= y && each.y + each.height >= y);
  return around.sort((a, b) => a.width * a.height - b.width * b.height)[0];
}

const says = (assignment) => assignment && Object.keys(plain(assignment)).length > 0;

const isSame = (one, other) => JSON.stringify(Object.entries(plain(one)).sort()) === JSON.stringify(Object.entries(plain(other)).sort());

/* A step by a person that says nothing of its own gets what its lane says. ``before``: what the lane said until now; a step that has just that has it from the lane. */
export function inherit(studio, step, before) {
  if (step?.type !== 'bpmn:UserTask') return;
  const own = extensionOf(step, 'Assignment');
  const isOfLane = own && before && isSame(own, before);
  if (says(own) && !isOfLane) return;
  const lane = laneOf(studio, step);
  const assignment = lane && extensionOf(lane, 'Assignment');
  if (says(assignment)) setExtensions(studio, step, 'Assignment', [plain(assignment)]);
  else if (isOfLane) setExtensions(studio, step, 'Assignment', []);
}

/* Give a lane its unit and role; the steps in it that say nothing of their own follow. */
export function assign(studio, lane, post, name) {
  const before = extensionOf(lane, 'Assignment');
  together(studio, () => {
    setExtension(studio, lane, 'Assignment', post);
    if (name) studio.service('modeling').updateProperties(lane, { name });
    studio.service('elementRegistry').filter((each) => each.type === 'bpmn:UserTask' && laneOf(studio, each) === lane).forEach((step) => inherit(studio, step, before));
  });
}
