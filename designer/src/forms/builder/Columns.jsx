/* The columns of a table of rows. */
import { Icon } from '../../shell/Icon.jsx';
import { t } from '../i18n.js';
import zh from '../zh.json';
import { merge, setRule } from './form.js';
import { Choices } from './Choices.jsx';
import { Tick, Words, Wrong } from './inputs.jsx';
import { kind, kindOf, source } from './kinds.js';

const KINDS = ['text', 'number', 'money', 'date', 'select', 'yes', 'unit', 'person'];

export function Columns({ name, rule, session, problems }) {
  const { items } = rule;
  const columns = Object.entries(items.properties);
  const set = (next) => setRule(session.form, name, { items: { ...items, ...next } });
  const setColumn = (column, values) => set({ properties: { ...items.properties, [column]: merge({ ...items.properties[column] }, values) } });

  function add() {
    let number = columns.length + 1;
    while (`column_${number}` in items.properties) number += 1;
    const title = `${zh.Column} ${number}`;
    const next = set({ properties: { ...items.properties, [`column_${number}`]: { type: 'string', title, maxLength: 200 } } });
    session.act(next, { english: { ...session.english, [title]: `Column ${number}` } });
  }

  function remove(column) {
    const { [column]: gone, ...properties } = items.properties;
    session.act(set({ properties, required: gone && items.required?.filter((each) => each !== column) }));
  }

  function must(column, isMust) {
    const others = (items.required ?? []).filter((each) => each !== column);
    session.act(set({ required: isMust ? [...others, column] : others }));
  }

  return (
    <fieldset class="b-field stack">
      <legend>{t('Columns')}</legend>
      {columns.map(([column, cell], at) => {
        const type = kindOf(cell, {});
        const setSource = (values) => setColumn(column, source(cell) === cell ? values : { items: merge({ ...cell.items }, values) });
        return (
          <details key={at} class="f-column">
            <summary>{cell.title || column} <span class="t-3 t-sm">{t(kind(type)?.title ?? 'Text')}</span></summary>
            <div class="stack">
              <Words id={`f-c${at}`} label={t('Label')} text={cell.title} session={session} mark={`${name}-c${at}`} put={(title) => setColumn(column, { title })} />
              <div class="b-field">
                <label for={`f-c${at}-k`}>{t('Kind')}</label>
                <select id={`f-c${at}-k`} class="form-select" value={type} onChange={(event) => session.act(set({ properties: { ...items.properties, [column]: { ...kind(event.target.value).rule(), title: cell.title } } }))}>
                  {(KINDS.includes(type) ? KINDS : [...KINDS, type]).map((each) => <option key={each} value={each}>{t(kind(each).title)}</option>)}
                </select>
              </div>
              {(type === 'select' || type === 'radio') && <Choices id={`f-c${at}-o`} rule={cell} session={session} mark={`${name}-c${at}-o`} problems={[]} setSource={setSource} />}
              <Tick label={t('Must be filled in in every row')} value={items.required?.includes(column) ?? false} put={(isMust) => must(column, isMust)} />
              <button type="button" class="btn btn-sm" onClick={() => remove(column)}><Icon name="trash" />{t('Remove the column')}</button>
            </div>
          </details>
        );
      })}
      <button type="button" class="btn btn-sm" onClick={add}><Icon name="plus" />{t('Add a column')}</button>
      <Wrong problems={problems} part="columns" />
    </fieldset>
  );
}
