/* The tab “notice”: who is told when a case comes here, and with which words; the words live in process.json. */
import { useState } from 'preact/hooks';

import { together, writeJson } from '../modeler/commands.js';
import { extensionsOf, plain, setExtensions } from '../modeler/extensions.js';
import { Icon } from '../shell/Icon.jsx';
import { useRead } from '../shell/useRead.jsx';
import { useFields } from '../way/fields.js';
import { English } from './English.jsx';
import { t } from './i18n.js';
import { Choice, Line } from './Line.jsx';

export function Notice({ studio, element }) {
  const notices = extensionsOf(element, 'notice').map(plain);
  const put = (list) => setExtensions(studio, element, 'Notice', list);
  const texts = studio.draft.readJson('process.json')?.notices ?? {};
  const fields = useFields(studio, element);
  return (
    <>
      {notices.map((notice, place) => (
        <fieldset key={place} class="b-field stack b-pair">
          <legend>{t('Notice {number}', { number: place + 1 })}</legend>
          <To studio={studio} value={notice.to ?? ''} onChange={(to) => put(notices.map((each, at) => (at === place ? { ...each, to } : each)))} />
          <Text studio={studio} fields={fields} name={notice.text ?? ''} texts={texts} onChange={(text) => put(notices.map((each, at) => (at === place ? { ...each, text } : each)))} />
          <button type="button" class="btn btn-sm btn-quiet b-start" onClick={() => put(notices.filter((_, at) => at !== place))}>
            <Icon name="trash" />
            {t('Remove')}
          </button>
        </fieldset>
      ))}
      {!notices.length && <p class="b-help">{t('Nobody is told when a case comes here.')}</p>}
      <button type="button" class="btn btn-sm b-start" onClick={() => put([...notices, { to: 'customer', text: Object.keys(texts)[0] ?? addText(studio) }])}>
        <Icon name="bell" />
        {t('Tell somebody')}
      </button>
    </>
  );
}

function kindOf(to) {
  if (to === 'customer') return 'customer';
  if (to.trimStart().startsWith('=')) return 'expression';
  return to.includes('@') ? 'post' : 'person';
}

const KINDS = [['customer', 'The customer'], ['post', 'A role in a unit'], ['person', 'A person (login)'], ['expression', 'Worked out from fields']];
const BEGINNINGS = { customer: 'customer', post: 'HANDLER@NETWORK', person: '', expression: '= first_owner' };

function To({ studio, value, onChange }) {
  const [chosen, choose] = useState(null);
  const kind = chosen ?? kindOf(value);
  function turn(next) {
    choose(next);
    onChange(BEGINNINGS[next]);
  }
  return (
    <>
      <Choice label={t('Who is told')} field="notice/to" value={kind} options={KINDS.map(([each, title]) => ({ value: each, title: t(title) }))} onChange={turn} />
      {kind === 'post' && <Post studio={studio} value={value} onChange={onChange} />}
      {kind === 'person' && <Line label={t('Login')} value={value} onChange={(next) => onChange(next.trim())} />}
      {kind === 'expression' && <Line label={t('Expression')} value={value} onChange={(next) => onChange(next.trim())} />}
    </>
  );
}

const coded = (list) => list.map((each) => ({ value: each.code, title: each.name }));

function Post({ studio, value, onChange }) {
  const [catalogue, meanwhile] = useRead(() => studio.catalogue(), [studio]);
  if (!catalogue) return meanwhile;
  const [role, unit] = value.split('@');
  return (
    <>
      <Choice label={t('Role')} value={role} options={coded(catalogue.roles)} onChange={(next) => onChange(`${next}@${unit}`)} />
      <Choice label={t('Unit')} value={unit} options={coded([...catalogue.functions, ...catalogue.units])} onChange={(next) => onChange(`${role}@${next}`)} />
    </>
  );
}

function Text({ studio, fields, name, texts, onChange }) {
  const text = texts[name];
  const options = [...Object.entries(texts).map(([key, { subject }]) => ({ value: key, title: subject || key })), ...(canAdd(studio) ? [{ value: '+', title: t('A new text…') }] : [])];
  function write(part, words) {
    const settings = studio.draft.readJson('process.json');
    settings.notices[name] = { ...settings.notices[name], [part]: words };
    writeJson(studio, 'process.json', settings);
  }
  return (
    <>
      <Choice label={t('Words of the notice')} field="notice/text" value={name} options={options} onChange={(key) => together(studio, () => onChange(key === '+' ? addText(studio) : key))} />
      {text && (
        <>
          <Line label={t('Subject')} fields={fields} value={text.subject} onChange={(words) => write('subject', words)} />
          <Line label={t('Body')} rows={4} fields={fields} value={text.body} onChange={(words) => write('body', words)} help={t('{example} is replaced by the field.', { example: '{{number}}' })} />
          <English studio={studio} texts={[{ text: text.subject, label: t('Subject in English') }, { text: text.body, label: t('Body in English'), rows: 4 }]} />
        </>
      )}
    </>
  );
}

/* The texts stand in process.json, which may be unreadable: the problems say so. */
const canAdd = (studio) => Boolean(studio.draft.readJson('process.json'));

/* A new text; its key. */
function addText(studio) {
  const settings = studio.draft.readJson('process.json');
  const notices = settings.notices ?? {};
  let number = Object.keys(notices).length + 1;
  while (notices[`notice_${number}`]) number += 1;
  const key = `notice_${number}`;
  writeJson(studio, 'process.json', { ...settings, notices: { ...notices, [key]: { subject: t('New notice'), body: '{{title}}' } } });
  return key;
}
