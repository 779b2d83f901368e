/* The choices of a field: a code for conditions and tables, and words in both languages. */
import { Icon } from '../../shell/Icon.jsx';
import { t } from '../i18n.js';
import zh from '../zh.json';
import { choicesOf, source } from './kinds.js';
import { Wrong } from './inputs.jsx';
import { inEnglish, isOwnEnglish, lacksEnglish } from './texts.js';

/* ``put`` takes what the rule says of its choices: {oneOf} or {enum: undefined}. */
export function Choices({ id, rule, session, setSource, mark, problems }) {
  const choices = choicesOf(rule);
  const isNumeric = choices.length > 0 && choices.every(({ value }) => typeof value === 'number');
  const written = source(rule).oneOf ?? [];
  const put = (list) => setSource({ oneOf: list, enum: undefined });
  const asOneOf = () => choices.map(({ value, title }) => written.find((each) => each?.const === value) ?? { const: value, title });

  function set(at, values) {
    return put(asOneOf().map((each, index) => (index === at ? { ...each, ...values } : each)));
  }

  function words(at, event, isEnglish) {
    const { title } = choices[at];
    const typed = event.target.value;
    const own = set(at, { title: typed });
    if (!isEnglish) session.actWords(own, title, typed, `${mark}-${at}-zh`);
    else if (isOwnEnglish(title, session.english)) session.actWords(own, title, '', `${mark}-${at}-en`);
    else session.actEnglish(title, typed, `${mark}-${at}-en`);
  }

  function add() {
    let number = choices.length + 1;
    const has = (code) => choices.some(({ value }) => String(value) === String(code));
    while (has(isNumeric ? number : `OPTION_${number}`)) number += 1;
    const title = `${zh.Option} ${number}`;
    session.act(put([...asOneOf(), { const: isNumeric ? number : `OPTION_${number}`, title }]), { english: { ...session.english, [title]: session.english[title] ?? `Option ${number}` } });
  }

  function move(at, way) {
    const list = asOneOf();
    list.splice(at + way, 0, ...list.splice(at, 1));
    session.act(put(list));
  }

  return (
    <fieldset class="b-field f-choices">
      <legend>{t('Choices')}</legend>
      <div class="f-choices__h t-3 t-xs" aria-hidden="true"><span>{t('Code')}</span><span>中文</span><span>English</span></div>
      {choices.map(({ value, title }, at) => (
        <div key={at} class="f-choices__r">
          <input class="form-control mono" id={`${id}-${at}`} aria-label={t('Code of choice {number}', { number: at + 1 })} value={String(value)} onChange={(event) => session.act(set(at, { const: isNumeric && event.target.value.trim() !== '' && !Number.isNaN(Number(event.target.value)) ? Number(event.target.value) : event.target.value.trim() }))} />
          <input class="form-control" lang="zh" aria-label={t('Chinese of choice {number}', { number: at + 1 })} value={title} onInput={(event) => words(at, event, false)} />
          <input class={`form-control${lacksEnglish(title, session.english) ? ' is-missing' : ''}`} lang="en" aria-label={t('English of choice {number}', { number: at + 1 })} value={inEnglish(title, session.english)} onInput={(event) => words(at, event, true)} />
          <button type="button" class="btn btn-quiet btn-icon-only" disabled={at === 0} aria-label={t('Choice {number} up', { number: at + 1 })} onClick={() => move(at, -1)}><Icon name="arrow-up" /></button>
          <button type="button" class="btn btn-quiet btn-icon-only" aria-label={t('Remove choice {number}', { number: at + 1 })} onClick={() => session.act(put(asOneOf().filter((_, index) => index !== at)))}><Icon name="x" /></button>
        </div>
      ))}
      <button type="button" class="btn btn-sm" onClick={add}><Icon name="plus" />{t('Add a choice')}</button>
      <Wrong problems={problems} part="choices" />
    </fieldset>
  );
}
