/* Steps of undo and redo that are not those of the canvas: several changes as one, and files of the draft that are written beside it. */
const TOGETHER = 'baton.together';
const FILE = 'baton.write-file';

export function start(studio) {
  /* What was written elsewhere meanwhile (in a table, by a new name of the flow) is newer than this step, and stays. */
  const put = (name, from, to) => {
    if (studio.draft.read(name) !== from) return [];
    if (to === null) studio.draft.remove(name);
    else studio.draft.write(name, to);
    return [];
  };
  const commands = studio.service('commandStack');
  commands.register(TOGETHER, { preExecute: ({ steps }) => steps() });
  commands.register(FILE, { execute: ({ name, text, before }) => put(name, before, text), revert: ({ name, text, before }) => put(name, text, before) });
}

export function together(studio, steps) {
  studio.service('commandStack').execute(TOGETHER, { steps });
}

export function writeFile(studio, name, text) {
  studio.service('commandStack').execute(FILE, { name, text, before: studio.draft.read(name) });
}

export const writeJson = (studio, name, value) => writeFile(studio, name, `${JSON.stringify(value, null, 2)}\n`);
