/* The form as it will look. Each part can be chosen, dragged, moved with Alt and the arrows, and taken away. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { Icon } from '../../shell/Icon.jsx';
import { t } from '../i18n.js';
import { begin, end, inHand } from './drag.js';
import { fieldsOf, groupOf, groupsOf, hintsOf, isNote, notesOf, orderOf, runsOf } from './form.js';
import { kind, kindOf } from './kinds.js';
import { Control } from './Control.jsx';
import { requirement } from './conditions.js';

export function Look(props) {
  const { builder, session } = props;
  const [aim, setAim] = useState(null);
  const { form } = session;
  const runs = runsOf(form);

  function over(event, at) {
    if (!inHand()) return;
    event.preventDefault();
    event.stopPropagation();
    if (JSON.stringify(at) !== JSON.stringify(aim)) setAim(at);
  }

  function drop(event) {
    const what = inHand();
    if (!what || !aim) return;
    event.preventDefault();
    event.stopPropagation();
    setAim(null);
    if (what.kind) builder.add(what.kind, aim);
    else builder.moveTo(what.name, aim);
    end();
  }

  const shared = { ...props, aim, over, drop };
  return (
    <div class="f-paper card" onDragLeave={(event) => event.currentTarget.contains(event.relatedTarget) || setAim(null)} onDragOver={(event) => over(event, { before: null, group: null })} onDrop={drop}>
      <button type="button" class={`f-heading${props.chosen === null ? ' is-on' : ''}`} onClick={() => builder.choose(null)}>
        <h2>{builder.word(form.title) || session.name}</h2>
        <span class="t-3 t-sm">{t('Title, button and order of the form')}</span>
      </button>
      {runs.map((run, at) => (run.group === null ? <Parts key={`p${at}`} names={run.names} {...shared} /> : <Group key={`g${run.group}-${at}`} run={run} {...shared} />))}
      {orderOf(form).length === 0 && groupsOf(form).length === 0 && <p class="f-empty">{t('Drag a field here, or click one on the left.')}</p>}
      <div class={`f-end${aim && aim.before === null && aim.group === null ? ' is-aim' : ''}`} />
      <span class="btn btn-primary f-primary" aria-hidden="true">{builder.word(form.ui?.primary) || t('Submit')}</span>
    </div>
  );
}

function Group({ run, ...shared }) {
  const { builder, session, chosen, aim, over } = shared;
  const id = `#${run.group}`;
  const group = groupsOf(session.form)[run.group];
  const order = orderOf(session.form);
  const after = order[order.indexOf(run.names.at(-1)) + 1] ?? null;
  const inside = { before: run.names.length ? after : null, group: run.group };
  return (
    <div class={`f-group${chosen === id ? ' is-on' : ''}`} onDragOver={(event) => over(event, inside)}>
      <Part id={id} label={builder.word(group.title)} sort={t('Section')} {...shared}>
        <span class="f-legend">{builder.word(group.title) || '…'}</span>
        {group.help && <span class="b-help">{builder.word(group.help)}</span>}
      </Part>
      <Parts names={run.names} {...shared} />
      {run.names.length === 0 && <p class="f-empty">{t('Drag fields into this section.')}</p>}
      {aim && aim.before === inside.before && aim.group === run.group && <div class="f-end is-aim" />}
    </div>
  );
}

function Parts({ names, ...shared }) {
  const { session, over, aim } = shared;
  const order = orderOf(session.form);

  function around(event, name) {
    const box = event.currentTarget.getBoundingClientRect();
    const isUpper = event.clientY < box.top + box.height / 2;
    const group = groupOf(session.form, name);
    over(event, { before: isUpper ? name : (order[order.indexOf(name) + 1] ?? null), group });
  }

  return (
    <div class="b-fields">
      {names.map((name) => (
        <div key={name} class={`b-fields__i${hintsOf(session.form, name).width === 'half' ? ' is-half' : ''}${aim?.before === name && aim.group === groupOf(session.form, name) ? ' is-before' : ''}`} onDragOver={(event) => around(event, name)}>
          {isNote(session.form, name) ? <Note name={name} {...shared} /> : <Field name={name} {...shared} />}
        </div>
      ))}
    </div>
  );
}

function Note({ name, ...shared }) {
  const { help } = notesOf(shared.session.form)[name];
  return (
    <Part id={name} label={shared.builder.word(help) || name} sort={t('Help text')} isDraggable {...shared}>
      <span class="b-note b-note--plain">{shared.builder.word(help)}</span>
    </Part>
  );
}

function Field({ name, ...shared }) {
  const { builder, session, fixed } = shared;
  const rule = fieldsOf(session.form)[name];
  const hints = hintsOf(session.form, name);
  return (
    <Part id={name} label={builder.word(rule.title) || name} sort={t(kind(kindOf(rule, hints)).title)} isDraggable {...shared}>
      <Control rule={rule} hints={hints} name={name} builder={builder} marks={<Marks name={name} {...shared} />} isFixed={rule.readOnly === true || fixed.includes(name)} />
    </Part>
  );
}

function Marks({ name, session }) {
  const { always, when } = requirement(session.form, name);
  const show = hintsOf(session.form, name).show;
  return (
    <>
      {always && <span class="must">{t('required')}</span>}
      {!always && when.length > 0 && <span class="must">{t('sometimes required')}</span>}
      {show && <span class="f-mark" title={t('Shown in some cases only')}><Icon name="git-branch" label={t('Shown in some cases only')} /></span>}
    </>
  );
}

function Part({ id, label, sort, isDraggable = false, builder, chosen, problems, drop, children }) {
  const button = useRef(null);
  const isOn = chosen === id;
  const wrong = problems.filter((each) => each.name === id);
  const isWrong = wrong.some(({ isNote: isOnlyNote }) => !isOnlyNote);
  useEffect(() => {
    if (!isOn) return;
    button.current.scrollIntoView({ block: 'nearest' });
    if (!document.activeElement.closest('.f-settings, .f-kinds')) button.current.focus({ preventScroll: true });
  }, [isOn]);
  useLayoutEffect(() => {
    if (isOn && document.activeElement === document.body) button.current.focus({ preventScroll: true }); // a part that moved has lost it
  });

  function keys(event) {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (way && event.altKey) builder.move(id, way);
    else if (way) beside(event.currentTarget, way)?.focus();
    else if (event.key === 'Delete') builder.remove(id);
    else return;
    event.preventDefault();
  }

  return (
    <div class={`f-part${isOn ? ' is-on' : ''}${isWrong ? ' is-wrong' : ''}`} data-part={id} draggable={isDraggable} onDragStart={(event) => isDraggable && begin(event, { name: id })} onDragEnd={end} onDrop={drop} onClick={() => builder.choose(id)}>
      <button type="button" ref={button} class="f-choose" aria-pressed={isOn} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete" onKeyDown={keys} onFocus={() => isOn || builder.choose(id)}>
        <span class="visually-hidden">{t('{label}, {kind}', { label, kind: sort })}{isWrong ? `, ${t('needs another look')}` : ''}</span>
      </button>
      <div class="f-inside" inert>{children}</div>
      {wrong.some(({ part }) => part === 'english') && <span class="b-tag b-tag--warn f-en" title={t('English is missing')}>EN</span>}
      {isOn && (
        <span class="f-tools">
          <button type="button" class="btn btn-quiet btn-icon-only" aria-label={t('Up')} title="Alt+↑" onClick={(event) => act(event, () => builder.move(id, -1))}><Icon name="arrow-up" /></button>
          <button type="button" class="btn btn-quiet btn-icon-only" aria-label={t('Down')} title="Alt+↓" onClick={(event) => act(event, () => builder.move(id, 1))}><Icon name="arrow-down" /></button>
          {isDraggable && <button type="button" class="btn btn-quiet btn-icon-only" aria-label={t('Copy')} onClick={(event) => act(event, () => builder.copy(id))}><Icon name="copy" /></button>}
          <button type="button" class="btn btn-quiet btn-icon-only" aria-label={t('Remove')} title={t('Delete key')} onClick={(event) => act(event, () => builder.remove(id))}><Icon name="trash" /></button>
        </span>
      )}
      {wrong.filter(({ isNote: isOnlyNote }) => !isOnlyNote).map(({ text }) => <p key={text} class="b-err"><Icon name="alert-circle" />{text}</p>)}
    </div>
  );
}

function act(event, what) {
  event.stopPropagation();
  what();
}

function beside(button, way) {
  const all = [...button.closest('.f-paper').querySelectorAll('.f-choose')];
  return all[all.indexOf(button) + way];
}
