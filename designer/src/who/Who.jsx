/* The tab "who": the way in which somebody is found, how many do it, who may not, and what if nobody is there. */
import { useMemo, useState } from 'preact/hooks';

import { extensionOf, plain, setExtension } from '../modeler/extensions.js';
import { Field, Select } from '../shell/Field.jsx';
import { fields as allFields, outputs as allOutputs } from '../shell/sources.js';
import { usePointed } from '../shell/usePointed.js';
import { useRead } from '../shell/useRead.jsx';
import { Excluded } from './Excluded.jsx';
import { HowMany } from './HowMany.jsx';
import { t } from './i18n.js';
import { RoleField, UnitField } from './places.jsx';
import { Today } from './Today.jsx';
import { cleared, wayOf } from './reading.js';
import { forms } from './ways.jsx';

const NAMES = {
  queue: 'A unit and a role',
  person: 'A person',
  starter: 'Whoever started the case',
  earlier: 'Whoever did an earlier step',
  head: 'The head of a unit',
  manager: 'A manager of somebody',
  field: 'Whoever a form names',
  table: 'What a decision table says',
  expression: 'An expression (for experts)',
};

export function Who({ studio, element }) {
  const place = usePointed(studio, 'who');
  const [catalogue, meanwhile] = useRead(() => studio.catalogue(), [studio]);
  const [chosen, choose] = useState(null);
  const sources = useMemo(() => ({ fields: allFields(studio, element), outputs: allOutputs(studio.draft) }), [studio, element]);
  if (!catalogue) return meanwhile;

  const there = extensionOf(element, 'Assignment');
  const given = there ? plain(there) : {};
  const way = chosen ?? wayOf(given, sources);
  const change = (attributes) => setExtension(studio, element, 'Assignment', attributes);
  const pick = (next) => {
    choose(next);
    change({ ...cleared(next), ...(next === 'starter' ? { starter: 'true' } : {}) });
  };
  const Form = forms[way];
  const shared = { studio, element, given, change, catalogue, sources };
  return (
    <div class="stack" ref={place}>
      <Field name="way" label={t('Who does this step')}>
        <Select value={way} empty={t('Not set yet')} options={Object.entries(NAMES).map(([value, label]) => ({ value, label: t(label) }))} onPick={pick} />
      </Field>
      {Form && <Form {...shared} />}
      <Today {...shared} />
      {(way === 'queue' || way === 'field') && <HowMany {...shared} way={way} />}
      <Excluded {...shared} />
      <details class="b-fold" open={Boolean(given.fallbackRole || given.fallbackUnit)}>
        <summary>{t('If nobody is found')}</summary>
        <div class="stack">
          <UnitField {...shared} name="fallbackUnit" label={t('Then this unit')} />
          <RoleField {...shared} name="fallbackRole" label={t('and there this role')} />
          <p class="b-help">{t('Without this, whoever leads the unit gets it, then the administrators.')}</p>
        </div>
      </details>
    </div>
  );
}
