/* Several changes of the drawing as one step of undo and redo. */
const NAME = 'baton.together';

export function registerTogether(studio) {
  studio.service('commandStack').register(NAME, { preExecute: ({ steps }) => steps() });
}

export function together(studio, steps) {
  studio.service('commandStack').execute(NAME, { steps });
}
