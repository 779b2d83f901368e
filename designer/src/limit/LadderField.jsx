/* Which ladder: one of the draft's, or a new one; and its rungs to change. */
import { useState } from 'preact/hooks';

import { together } from '../modeler/commands.js';
import { Field, Select } from '../shell/Field.jsx';
import { Icon } from '../shell/Icon.jsx';
import { isExpression } from '../shell/sources.js';
import { t } from './i18n.js';
import { Rung } from './Rung.jsx';
import { FIRST, ladders, makeLadder, users, writeLadder } from './ladders.js';
import { listed, sentence } from './words.js';

export function LadderField({ studio, element, given, change, ladder, groups, group, onGroup }) {
  const [isOpen, open] = useState(false);
  const known = ladders(studio.draft);
  const options = known.map(({ id, name }) => ({ value: id, label: name }));
  const isThere = !given.ladder || isExpression(given.ladder) || ladder;
  const make = (rungs) => {
    const name = ladder ? t('{name} (copy)', { name: ladder.name }) : t('Ladder of “{step}”', { step: element.businessObject.name || element.id });
    together(studio, () => change({ ladder: makeLadder(studio, name, rungs) }));
    onGroup(0);
    open(true);
  };
  const write = (rungs) => writeLadder(studio, ladder.file, ladder.id, rungs);
  const shared = ladder ? users(studio.draft, ladder.id).filter((each) => each.element !== element.id) : [];
  return (
    <>
      <Field name="ladder" label={t('Who is told when')} problem={isThere ? null : t('There is no ladder “{ladder}”.', { ladder: given.ladder })}>
        <Select value={given.ladder} empty={t('Nobody: only a mark in the list')} options={options} onPick={(id) => change({ ladder: id })} />
      </Field>
      <div class="row-flex">
        <button type="button" class="btn btn-sm" onClick={() => make(FIRST)}>
          <Icon name="plus" />
          {t('New ladder')}
        </button>
        {ladder && (
          <button type="button" class="btn btn-sm" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
            <Icon name="pencil" />
            {t('Change the rungs')}
          </button>
        )}
      </div>
      {groups.length > 1 && (
        <Field name="group" label={ladder.inputs.map(({ label, expression }) => label || expression).join(t(', '))}>
          <Select value={String(Math.min(group, groups.length - 1))} options={groups.map((each, index) => ({ value: String(index), label: testWords(each.tests) }))} onPick={(index) => onGroup(Number(index))} />
        </Field>
      )}
      {ladder && isOpen && <Rungs ladder={ladder} group={groups[group] ?? groups[0]} shared={shared} write={write} onCopy={() => make(ladder.inputs.length === 1 && groups.length === 1 ? ladder.rungs : asFirst(groups[group]))} />}
    </>
  );
}

const asFirst = (group) => (group?.rungs ?? FIRST).map((rung) => ({ ...rung, tests: ['-'], fixed: true }));
const WORDS = { true: 'Yes', false: 'No', '-': 'Always', '': 'Always' };
const testWords = (tests) => tests.map((test) => (test in WORDS ? t(WORDS[test]) : test)).join(t(', '));

function Rungs({ ladder, group, shared, write, onCopy }) {
  const tests = group?.tests ?? ladder.inputs.map(() => '-');
  const rungs = group?.rungs ?? [];
  const put = (index, next) => write(ladder.rungs.map((rung, at) => (at === index ? { ...rung, ...next } : rung)));
  const remove = (index) => write(ladder.rungs.filter((_, at) => at !== index));
  const add = () => {
    const last = rungs[rungs.length - 1];
    const next = { tests, description: '', tier: (last?.tier ?? -1) + 1, percent: (last?.percent ?? 50) + 50, plus_minutes: null, before_statutory_hours: null, to: ['section_head'], how: ['popup', 'mail'], priority: 0 };
    const at = last ? last.index + 1 : ladder.rungs.length;
    write([...ladder.rungs.slice(0, at), next, ...ladder.rungs.slice(at)]);
  };
  return (
    <div class="stack" data-said="rungs">
      {shared.length > 0 && (
        <div class="b-note b-note--warn">
          <div>
            {t('Also used by: {steps}. A change counts for them too.', { steps: shared.map(({ name }) => name).join(t(', ')) })}{' '}
            <button type="button" class="btn btn-sm" onClick={onCopy}>
              {t('Make a copy for this step')}
            </button>
          </div>
        </div>
      )}
      {rungs.map((rung, number) => (
        <Rung key={rung.index} rung={rung} number={number + 1} columns={ladder.columns} put={(next) => put(rung.index, next)} remove={() => remove(rung.index)} />
      ))}
      {(group?.others ?? []).map((rung) => (
        <p key={rung.index} class="b-help">
          {rung.before_statutory_hours ? t('{hours} hours before the statutory date: tier {tier}, {people}', { hours: rung.before_statutory_hours, tier: rung.tier, people: listed(rung.to) }) : sentence(rung)}
        </p>
      ))}
      <button type="button" class="btn btn-sm" onClick={add}>
        <Icon name="plus" />
        {t('Add a rung')}
      </button>
    </div>
  );
}
