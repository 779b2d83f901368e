/* What can be said of the chosen part of the form. */
import { useEffect, useState } from 'preact/hooks';

import { extensionOf, setExtension } from '../../modeler/extensions.js';
import { post } from '../../shell/api.js';
import { Icon } from '../../shell/Icon.jsx';
import { useRead } from '../../shell/useRead.jsx';
import { t } from '../i18n.js';
import { addWhen, changeWhen, removeWhen, requirement, setRequirement } from './conditions.js';
import { fieldsOf, groupsOf, hintsOf, isNote, notesOf, orderOf, freeName, setForm, setGroup, setHints, setNote, setRule, setUi } from './form.js';
import { Choices } from './Choices.jsx';
import { Columns } from './Columns.jsx';
import { Choice, Line, Tick, Words, Wrong } from './inputs.jsx';
import { choicesOf, isTable, kind, kindOf, source, typeOf } from './kinds.js';
import { Limits } from './Limits.jsx';
import { inEnglish } from './texts.js';
import { Condition, firstCondition } from './When.jsx';

export function Settings(props) {
  const { session, chosen } = props;
  const problems = props.problems.filter((each) => each.name === chosen);
  const group = chosen?.startsWith('#') ? groupsOf(session.form)[Number(chosen.slice(1))] : null;
  let body = <OfForm {...props} problems={problems} />;
  let title = t('Form');
  if (group) {
    body = <OfGroup {...props} group={group} at={Number(chosen.slice(1))} problems={problems} />;
    title = t('Section');
  } else if (chosen && isNote(session.form, chosen)) {
    body = <OfNote {...props} problems={problems} />;
    title = t('Help text');
  } else if (chosen && chosen in fieldsOf(session.form)) {
    body = <OfField {...props} problems={problems} />;
    title = t(kind(kindOf(fieldsOf(session.form)[chosen], hintsOf(session.form, chosen))).title);
  }
  return (
    <aside class="f-settings stack" aria-labelledby="f-settings-h">
      <h2 id="f-settings-h">{title}</h2>
      {body}
    </aside>
  );
}

function OfForm({ session, problems }) {
  const { form } = session;
  return (
    <>
      <Words id="f-form" label={t('Title')} text={form.title} session={session} mark="form-title" put={(title) => setForm(form, { title })} />
      <Wrong problems={problems} part="title" />
      <Words id="f-primary" label={t('Button')} text={form.ui?.primary} session={session} mark="form-primary" put={(primary) => setUi(form, { primary: primary || undefined })} />
      <p class="b-help mt-0">{t('What the button says that hands the form in, such as “Submit”.')}</p>
      <p class="b-help">{t('Arrows move between fields, Alt and arrows move a field, Delete removes it, Ctrl+Z brings it back.')}</p>
    </>
  );
}

function OfGroup({ session, builder, group, at, problems }) {
  const put = (values) => setGroup(session.form, at, values);
  return (
    <>
      <Words id="f-label" label={t('Heading')} text={group.title} session={session} mark={`g${at}-title`} put={(title) => put({ title })} />
      <Wrong problems={problems} part="title" />
      <Words id="f-help" label={t('Help')} text={group.help} session={session} mark={`g${at}-help`} isLong put={(help) => put({ help: help || undefined })} />
      <Show session={session} builder={builder} own={group.fields?.[0] ?? null} show={group.show} put={(show) => put({ show })} problems={problems} what={t('Show this section')} />
      <button type="button" class="btn" onClick={() => builder.remove(`#${at}`)}><Icon name="trash" />{t('Remove the section, keep its fields')}</button>
    </>
  );
}

function OfNote({ session, builder, chosen, problems }) {
  const note = notesOf(session.form)[chosen];
  return (
    <>
      <Words id="f-label" label={t('Help text')} text={note.help} session={session} mark={`${chosen}-help`} isLong put={(help) => setNote(session.form, chosen, { help })} />
      <Wrong problems={problems} part="title" />
      <Show session={session} builder={builder} own={chosen} show={note.show} put={(show) => setNote(session.form, chosen, { show })} problems={problems} what={t('Show this text')} />
    </>
  );
}

function OfField(props) {
  const { session, builder, studio, chosen, problems } = props;
  const { form } = session;
  const rule = fieldsOf(form)[chosen];
  const hints = hintsOf(form, chosen);
  const type = kindOf(rule, hints);
  const setSource = (values) => setRule(form, chosen, source(rule) === rule ? values : { items: Object.fromEntries(Object.entries({ ...rule.items, ...values }).filter(([, value]) => value !== undefined)) });

  /* A new field's name follows its English label until somebody names it. */
  function settle() {
    const label = inEnglish(fieldsOf(session.form)[chosen]?.title ?? '', session.english);
    if (!/^field_\d+$/.test(chosen) || kind(type).title === label.replace(/ \d+$/, '')) return;
    const name = freeName(session.form, label);
    if (/^field_\d+$/.test(name)) return;
    builder.rename(chosen, name);
  }

  return (
    <>
      <Words id="f-label" label={t('Label')} text={rule.title} session={session} mark={`${chosen}-title`} put={(title) => setRule(form, chosen, { title })} settle={settle} />
      <Wrong problems={problems} part="title" />
      <Wrong problems={problems} part="english" />
      <Words id="f-help" label={t('Help')} text={hints.help ?? rule.description} session={session} mark={`${chosen}-help`} isLong put={(help) => (rule.description !== undefined && hints.help === undefined ? setRule(form, chosen, { description: help || undefined }) : setHints(form, chosen, { help: help || undefined }))} />
      {type !== 'files' && type !== 'yes' && <Required {...props} />}
      {(type === 'radio' || type === 'select' || (type === 'several' && !('x-options' in rule))) && <Choices id="f-choice" rule={rule} session={session} setSource={setSource} mark={`${chosen}-choice`} problems={problems} />}
      {isTable(rule) && <Columns name={chosen} rule={rule} session={session} problems={problems} />}
      {type === 'person' && <Role studio={studio} rule={rule} put={(options) => session.act(setRule(form, chosen, { 'x-options': options }))} problems={problems} />}
      <Begins session={session} chosen={chosen} rule={rule} type={type} builder={builder} problems={problems} />
      <Limits session={session} chosen={chosen} rule={rule} type={type} problems={problems} builder={builder} />
      <Show session={session} builder={builder} own={chosen} show={hints.show} put={(show) => setHints(form, chosen, { show })} problems={problems} what={t('Show this field')} />
      <ReadOnly {...props} rule={rule} />
      <details class="b-fold">
        <summary>{t('Look and name')}</summary>
        <div class="stack">
          <Tick label={t('Half width')} value={hints.width === 'half'} put={(isHalf) => session.act(setHints(form, chosen, { width: isHalf ? 'half' : undefined }))} />
          <Looks type={type} rule={rule} hints={hints} session={session} chosen={chosen} />
          <Name session={session} builder={builder} chosen={chosen} />
          <Line id="f-evaluates" label={t('Points for a step before')} isMono value={rule['x-evaluates']} put={(typed) => session.act(setRule(form, chosen, { 'x-evaluates': typed || undefined }), { mark: `${chosen}-evaluates` })} help={t('Such as handle.speed: the answer judges the speed of the step “handle”.')} />
        </div>
      </details>
    </>
  );
}

function Required({ session, builder, chosen, problems }) {
  const { form } = session;
  const { always, when } = requirement(form, chosen);
  const how = always ? 'always' : when.length ? 'when' : 'never';
  const first = firstCondition(form, chosen);
  const options = [['never', t('No')], ['always', t('Always')], ...(first || when.length ? [['when', t('In some cases')]] : [])];
  return (
    <fieldset class="b-field f-cases">
      <legend>{t('Must be filled in')}</legend>
      <div class="b-pick">
        {options.map(([id, words]) => <label key={id}><input type="radio" name="f-required" checked={how === id} onChange={() => session.act(setRequirement(form, chosen, id, first))} />{words}</label>)}
      </div>
      {when.map((condition, at) => (
        <div key={at} class="f-case">
          <span class="t-sm t-2">{at ? t('or when') : t('when')}</span>
          <Condition id={`f-required-${at}`} form={form} own={chosen} builder={builder} condition={condition} hasLimits set={(next) => session.act(changeWhen(form, chosen, condition.at, next), { mark: `${chosen}-when-${at}` })} />
          {when.length > 1 && <button type="button" class="btn btn-sm btn-quiet" onClick={() => session.act(removeWhen(form, chosen, condition.at))}><Icon name="x" />{t('Remove this case')}</button>}
        </div>
      ))}
      {how === 'when' && first && <button type="button" class="btn btn-sm" onClick={() => session.act(addWhen(form, chosen, { ...first, value: [] }))}><Icon name="plus" />{t('Add a case')}</button>}
      <Wrong problems={problems} part="when" />
    </fieldset>
  );
}

function Show({ session, builder, own, show, put, problems, what }) {
  const { form } = session;
  const first = firstCondition(form, own);
  if (!first && !show) return null;
  const asked = (condition) => put({ ...show, field: condition.field, in: condition.value });
  return (
    <fieldset class="b-field f-cases">
      <legend>{what}</legend>
      <div class="b-pick">
        <label><input type="radio" name="f-show" checked={!show} onChange={() => session.act(put(undefined))} />{t('Always')}</label>
        <label><input type="radio" name="f-show" checked={Boolean(show)} onChange={() => session.act(asked(first))} />{t('In some cases')}</label>
      </div>
      {show && <Condition id="f-show-field" form={form} own={own} builder={builder} condition={{ field: show.field, test: 'in', value: show.in ?? [] }} set={(next) => session.act(asked(next))} />}
      <Wrong problems={problems} part="show" />
    </fieldset>
  );
}

function Begins({ session, chosen, rule, type, builder, problems }) {
  const { form } = session;
  const [problem, setProblem] = useState(null);
  const expression = typeof rule['x-default'] === 'string' ? rule['x-default'] : '';
  const put = (values, part) => session.act(setRule(form, chosen, values), { mark: `${chosen}-${part}` });
  useEffect(() => {
    setProblem(null);
    if (!expression.trimStart().startsWith('=')) return undefined;
    const waiting = setTimeout(() => {
      post('/designer/expressions/check', { expression: expression.trim().slice(1), kind: 'value' })
        .then((answer) => setProblem(answer.problem ?? null))
        .catch(() => setProblem(null));
    }, 500);
    return () => clearTimeout(waiting);
  }, [expression]);
  if (type === 'files' || type === 'table') return null;
  const isWord = ['text', 'area', 'date'].includes(type);
  return (
    <>
      {isWord && <Line id="f-default" label={t('Default answer')} type={type === 'date' ? 'date' : 'text'} value={rule.default} put={(typed) => put({ default: typed || undefined }, 'default')} problems={problems} part="default" />}
      {['number', 'money'].includes(type) && <Line id="f-default" label={t('Default answer')} type="number" value={rule.default} put={(typed) => put({ default: typed === '' ? undefined : Number(typed) }, 'default')} problems={problems} part="default" />}
      {['radio', 'select', 'yes'].includes(type) && <First rule={rule} builder={builder} put={(value) => put({ default: value }, null)} problems={problems} />}
      <Line id="f-worked-out" label={t('Or taken from the case')} isMono value={expression} put={(typed) => put({ 'x-default': typed || undefined }, 'x-default')} help={t('An expression such as = amount ?? 0. Where it gives nothing that fits, the value above stands.')} />
      {problem && <p class="b-err"><Icon name="alert-circle" />{problem}</p>}
    </>
  );
}

function First({ rule, builder, put, problems }) {
  const known = typeOf(rule) === 'boolean' ? [{ value: true, title: t('Yes') }, { value: false, title: t('No') }] : choicesOf(rule).map(({ value, title }) => ({ value, title: builder.word(title) }));
  const at = known.findIndex(({ value }) => value === rule.default);
  const lost = rule.default !== undefined && at < 0 ? [['lost', String(rule.default)]] : [];
  const options = [['', t('Nothing')], ...lost, ...known.map(({ title }, index) => [String(index), title])];
  return <Choice id="f-default" label={t('Default answer')} value={lost.length ? 'lost' : at < 0 ? '' : String(at)} options={options} put={(index) => put(index === '' ? undefined : known[Number(index)]?.value)} problems={problems} part="default" />;
}

function Role({ studio, rule, put, problems }) {
  const [catalogue, meanwhile] = useRead(() => studio.catalogue(), [studio]);
  if (!catalogue) return meanwhile;
  const { roles } = catalogue;
  const role = (rule['x-options'] ?? '').replace(/^users:?/, '');
  const known = roles.some(({ code }) => code === role) || !role ? roles : [...roles, { code: role, name: role }];
  return <Choice id="f-role" label={t('People with the role')} value={role} put={(code) => put(`users:${code}`)} options={known.map(({ code, name }) => [code, name])} problems={problems} part="role" help={t('Those of the case’s city and of the province are offered.')} />;
}

function ReadOnly({ session, studio, chosen, rule, fixed }) {
  const step = studio.selected;
  const given = step && extensionOf(step, 'Form');
  const isHere = given?.get('ref') === session.name && step.type === 'bpmn:UserTask';
  const [, redraw] = useState(0);
  const names = (given?.get('readOnly') ?? '').split(/\s+/).filter(Boolean);

  function toggle(isOn) {
    const next = isOn ? [...names, chosen] : names.filter((name) => name !== chosen);
    setExtension(studio, step, 'Form', { readOnly: next.join(' ') });
    redraw((count) => count + 1);
    session.say('change');
  }

  return (
    <>
      {isHere && <Tick id="f-fixed" label={t('Read-only at the step “{name}”', { name: step.businessObject.name || step.id })} value={fixed.includes(chosen)} put={toggle} />}
      <Tick id="f-always-fixed" label={t('Read-only wherever this form is shown')} value={rule.readOnly === true} put={(isOn) => session.act(setRule(session.form, chosen, { readOnly: isOn ? true : undefined }))} help={rule.readOnly ? t('It shows what stands in the case; the server takes no answer to it.') : null} />
    </>
  );
}

const LOOKS = { radio: ['radio', 'select', 'search'], select: ['radio', 'select', 'search'], person: ['search', 'select'], unit: ['select', 'search'], text: ['text', 'area'], area: ['text', 'area'] };

function Looks({ type, rule, hints, session, chosen }) {
  const words = { radio: t('All side by side'), select: t('Drop-down list'), search: t('Type to search'), text: t('One line'), area: t('Several lines') };
  const options = LOOKS[type];
  if (!options) return null;
  const isText = type === 'text' || type === 'area';
  const value = isText ? type : options.includes(hints.widget) ? hints.widget : 'select';

  function put(look) {
    const next = setHints(session.form, chosen, { widget: look === 'text' ? undefined : look === 'area' ? 'textarea' : look });
    session.act(isText ? setRule(next, chosen, { format: look === 'area' ? 'textarea' : undefined, maxLength: look === 'area' ? 4000 : Math.min(rule.maxLength ?? 200, 200) }) : next);
  }

  return <Choice id="f-look" label={t('Look')} value={value} put={put} options={options.map((each) => [each, words[each]])} />;
}

const NAME = /^[A-Za-z_\p{Script=Han}][\w\p{Script=Han}]*$/u;
const TAKEN = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null', 'now']);

/* The field's name in expressions and tables. A name that cannot be is told, and the old one stands. */
function Name({ session, builder, chosen }) {
  const [typed, type] = useState(null);
  useEffect(() => type(null), [chosen]);
  const isFree = typed === chosen || !orderOf(session.form).includes(typed);
  let problem = null;
  if (typed !== null && (!NAME.test(typed) || TAKEN.has(typed))) problem = t('A name has letters, digits and _, does not begin with a digit, and is not a word of the expressions.');
  else if (typed !== null && !isFree) problem = t('Another field has this name.');

  function settle() {
    if (typed === null || problem || typed === chosen) return;
    builder.rename(chosen, typed);
  }

  return (
    <div class={`b-field${problem ? ' has-error' : ''}`}>
      <label for="f-name">{t('Name in conditions and tables')}</label>
      <input id="f-name" class="form-control mono" value={typed ?? chosen} aria-invalid={Boolean(problem)} aria-describedby="f-name-h" onInput={(event) => type(event.target.value.trim())} onChange={settle} />
      {problem && <p class="b-err"><Icon name="alert-circle" />{problem}</p>}
      <p class="b-help" id="f-name-h">{t('Where conditions, tables and other forms use the old name, you are asked whether they follow.')}</p>
    </div>
  );
}
