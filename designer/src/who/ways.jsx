/* The fields of each way in which somebody is found. */
import { useState } from 'preact/hooks';

import { get } from '../shell/api.js';
import { Combobox } from '../shell/Combobox.jsx';
import { Field, Select } from '../shell/Field.jsx';
import { Kept } from '../shell/Kept.jsx';
import { same, stepsBefore } from '../shell/sources.js';
import { t } from './i18n.js';
import { readLoop } from './loops.js';
import { CityField, RoleField, UnitField } from './places.jsx';
import { ids } from './reading.js';

const PEOPLE = ['bpmn:UserTask', 'bpmn:ManualTask'];

/* The steps of people before this one, the nearest first. */
export function earlierSteps(element) {
  const before = stepsBefore(element).filter(({ type }) => PEOPLE.includes(type));
  return [...new Map(before.map((each) => [each.id, each])).values()].map(({ id, businessObject }) => ({ value: id, label: businessObject.name || id }));
}

function Queue(shared) {
  return (
    <>
      <UnitField {...shared} />
      <CityField {...shared} />
      <RoleField {...shared} />
    </>
  );
}

function Person({ given, change }) {
  const [{ people, problem }, found] = useState({ people: [], problem: null });
  const look = (text) => {
    if (!text.trim() || text.startsWith('=')) return;
    get(`/designer/people?q=${encodeURIComponent(text.trim())}`).then(({ items }) => found({ people: items, problem: null }), ({ message }) => found({ people: [], problem: message }));
  };
  const options = people.map(({ login, name, unit }) => ({ value: login, label: name, hint: [unit, login].filter(Boolean).join(' · ') }));
  return (
    <Field name="user" label={t('Person')} problem={problem} help={t('A person may leave or move on: a unit and a role last longer.')}>
      <Combobox value={given.user} options={options} onType={look} placeholder={t('Type a part of the name')} onPick={(user) => change({ user })} />
    </Field>
  );
}

function Starter() {
  return <p class="b-help">{t('Whoever registered the case, or sent the request, gets this step.')}</p>;
}

function Earlier(shared) {
  const { given, change, element } = shared;
  const steps = earlierSteps(element);
  const known = ids(given.sameAs);
  return (
    <>
      <Field name="sameAs" label={t('The step before')} help={known.length > 1 ? t('Of several, the first that was done counts.') : undefined}>
        <Select value={given.sameAs} empty={t('Choose a step')} options={[...steps, ...several(known, steps)]} onPick={(sameAs) => change({ sameAs })} />
      </Field>
      <p class="b-label">{t('When that person is away')}</p>
      <Queue {...shared} />
    </>
  );
}

function several(known, steps) {
  if (known.length < 2) return [];
  const names = known.map((id) => steps.find(({ value }) => value === id)?.label ?? id);
  return [{ value: known.join(' '), label: names.join(t(' or ')) }];
}

function Head(shared) {
  return (
    <>
      <UnitField {...shared} name="headOf" help={t('Where nobody leads it, whoever leads the unit above.')} />
      <CityField {...shared} of={shared.given.headOf} />
    </>
  );
}

function Manager({ given, change, element }) {
  const options = [{ value: 'starter', label: t('Whoever started the case') }, ...earlierSteps(element).map(({ value, label }) => ({ value, label: t('Whoever did “{step}”', { step: label }) }))];
  return (
    <>
      <Field name="managerOf" label={t('The manager of')}>
        <Select value={given.managerOf} empty={t('Choose')} options={options} onPick={(managerOf) => change({ managerOf })} />
      </Field>
      <Field name="levels" label={t('How many levels up')} help={t('1: the head of the own unit; 2: the head of the unit above …')}>
        <Kept type="number" min="1" max="9" class="form-control" value={given.levels ?? '1'} onChange={({ target }) => change({ levels: Number(target.value) > 1 ? target.value : undefined })} />
      </Field>
    </>
  );
}

function FromForm(shared) {
  const { given, change, sources, element } = shared;
  const loop = readLoop(element);
  if (loop.how !== 'one') return <Queue {...shared} />;
  const value = sources.fields.find((each) => same(each.value, given.user))?.value ?? given.user;
  return (
    <>
      <Field name="user" label={t('Field of a form')} help={t('The field holds the login of a person.')}>
        <Combobox value={value} options={sources.fields} placeholder={t('Type a part of its name')} onPick={(user) => change({ user })} />
      </Field>
      <p class="b-label">{t('When that person is away')}</p>
      <Queue {...shared} />
    </>
  );
}

function FromTable(shared) {
  const { given, change, sources } = shared;
  const value = sources.outputs.find((each) => same(each.value, given.user))?.value ?? given.user;
  return (
    <>
      <Field name="user" label={t('Result of a table')} help={t('The result is the login of a person. A unit or role can come from a table too: type = and its result below.')}>
        <Combobox value={value} options={sources.outputs} placeholder={t('Type a part of its name')} onPick={(user) => change({ user })} />
      </Field>
      <UnitFromTable {...shared} />
      <RoleField {...shared} />
    </>
  );
}

function UnitFromTable({ catalogue, sources, ...shared }) {
  const units = sources.outputs.map(({ value, label }) => ({ code: value, name: label }));
  return <UnitField {...shared} sources={sources} catalogue={{ ...catalogue, units: [...units, ...catalogue.units] }} />;
}

const RAW = [
  ['user', 'Person (login)'],
  ['sameAs', 'Whoever did (ids of steps)'],
  ['unit', 'Unit'],
  ['city', 'City'],
  ['role', 'Role'],
];

function Expression({ given, change }) {
  return (
    <>
      <p class="b-help">{t('What begins with = is worked out when the step is reached. From top to bottom: the first that finds somebody counts.')}</p>
      {RAW.map(([name, label]) => (
        <Field key={name} name={name} label={t(label)}>
          <Kept as="textarea" rows="2" class="form-control b-code" spellcheck={false} value={given[name] ?? ''} onChange={({ target }) => change({ [name]: target.value.trim() })} />
        </Field>
      ))}
    </>
  );
}

export const forms = { queue: Queue, person: Person, starter: Starter, earlier: Earlier, head: Head, manager: Manager, field: FromForm, table: FromTable, expression: Expression };
