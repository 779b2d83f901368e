/* The step with a limit and a ladder: when the first one is placed, the ladder that it names is put into the draft. */
import { extensionOf } from '../modeler/extensions.js';
import { isChinese } from '../shell/i18n.js';
import { LADDER } from '../palette/items.js';

export function start(studio) {
  studio.modeler.on('commandStack.shape.create.postExecuted', ({ context: { shape } }) => {
    if (shape.type === 'bpmn:UserTask' && extensionOf(shape, 'Limit')?.ladder === LADDER && !hasLadder(studio.draft)) addLadder(studio);
  });
}

const CHINESE = /[^"<>\n]*\p{Script=Han}[^"<>\n]*/gu;

const hasLadder = (draft) => draft.names('.dmn').some((name) => new RegExp(`<(\\w+:)?decision[^>]*\\sid="${LADDER}"`).test(draft.read(name)));

async function addLadder(studio) {
  const { default: table } = await import('../../../processes/complaint/escalation_ladder.dmn?raw');
  const { default: english } = isChinese() ? { default: {} } : await import('../../../processes/complaint/strings/en.json');
  if (!hasLadder(studio.draft)) studio.draft.write(`${LADDER}.dmn`, table.replace(CHINESE, (text) => english[text] ?? text));
}
