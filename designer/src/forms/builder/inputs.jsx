/* Inputs of the settings: texts in both languages, numbers, ticks; each with its label, its help and its problem. */
import { Icon } from '../../shell/Icon.jsx';
import { isChinese } from '../../shell/i18n.js';
import { t } from '../i18n.js';
import { inEnglish, isOwnEnglish, lacksEnglish } from './texts.js';

export function Wrong({ problems, part, id }) {
  const found = problems.filter((each) => each.part === part);
  if (!found.length) return null;
  return (
    <div id={id}>
      {found.map(({ text }) => <p key={text} class={part === 'english' ? 'b-help t-warn' : 'b-err'}><Icon name="alert-circle" />{text}</p>)}
    </div>
  );
}

/* A text in Chinese and in English, side by side. ``put`` answers with the form that holds the new Chinese text. */
export function Words({ id, label, text = '', put, session, mark, isLong = false, settle }) {
  const Box = isLong ? 'textarea' : 'input';
  const english = inEnglish(text, session.english);
  const isMissing = lacksEnglish(text, session.english);

  function inChinese(event) {
    session.actWords(put(event.target.value), text, event.target.value, `${mark}-zh`);
  }

  function asEnglish(event) {
    const words = event.target.value;
    if (isOwnEnglish(text, session.english)) session.actWords(put(words), text, '', `${mark}-en`);
    else session.actEnglish(text, words, `${mark}-en`);
  }

  const boxes = [
    <div key="zh" class="b-field">
      <label for={`${id}-zh`}>{label} <span class="t-3 t-xs" lang="zh">中文</span></label>
      <Box id={`${id}-zh`} class="form-control" lang="zh" value={text} rows={isLong ? 2 : undefined} onInput={inChinese} onChange={settle} />
    </div>,
    <div key="en" class="b-field">
      <label for={`${id}-en`}>{label} <span class="t-3 t-xs" lang="en">English</span></label>
      <Box id={`${id}-en`} class={`form-control${isMissing ? ' is-missing' : ''}`} lang="en" value={english} rows={isLong ? 2 : undefined} placeholder={isMissing ? t('English is missing') : ''} onInput={asEnglish} onChange={settle} />
    </div>,
  ];
  return <div class="b-grid2 f-words">{isChinese() ? boxes : boxes.reverse()}</div>;
}

export function Line({ id, label, value, put, help, type = 'text', problems = [], part, list, isMono = false }) {
  const helpId = `${id}-h`;
  return (
    <div class="b-field">
      <label for={id}>{label}</label>
      <input id={id} class={`form-control${isMono ? ' mono' : ''}`} type={type} step="any" list={list} value={value ?? ''} aria-describedby={help ? helpId : undefined} onInput={(event) => put(event.target.value)} />
      {help && <p class="b-help" id={helpId}>{help}</p>}
      <Wrong problems={problems} part={part} />
    </div>
  );
}

export function Amount({ value, put, ...rest }) {
  return <Line type="number" value={value} put={(typed) => put(typed === '' ? undefined : Number(typed))} {...rest} />;
}

export function Tick({ id, label, value, put, help }) {
  return (
    <div class="b-field">
      <label class="form-check mb-0"><input id={id} type="checkbox" class="form-check-input" checked={value} onChange={(event) => put(event.target.checked)} /><span class="form-check-label">{label}</span></label>
      {help && <p class="b-help">{help}</p>}
    </div>
  );
}

export function Choice({ id, label, value, put, options, problems = [], part, help }) {
  return (
    <div class="b-field">
      {label && <label for={id}>{label}</label>}
      <select id={id} class="form-select" value={value} onChange={(event) => put(event.target.value)}>
        {options.map(([code, words]) => <option key={code} value={code}>{words}</option>)}
      </select>
      {help && <p class="b-help">{help}</p>}
      <Wrong problems={problems} part={part} />
    </div>
  );
}
