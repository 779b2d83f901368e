/* The builder: kinds on the left, the form as it will look in the middle, what can be said of the chosen field on the right. */
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';

import { extensionOf } from '../../modeler/extensions.js';
import { Icon } from '../../shell/Icon.jsx';
import { isChinese } from '../../shell/i18n.js';
import { t } from '../i18n.js';
import zh from '../zh.json';
import { addField, addGroup, addNote, fieldsOf, freeName, groupOf, groupsOf, isNote, notesOf, orderOf, place, remove, removeGroup, rename, step as oneStep, stepGroup } from './form.js';
import { elsewhere } from './elsewhere.js';
import { Elsewhere } from './Elsewhere.jsx';
import { handwritten } from './handwritten.js';
import { kind as kindNamed } from './kinds.js';
import { Look } from './Look.jsx';
import { Palette } from './Palette.jsx';
import { Preview } from './Preview.jsx';
import { problemsOf } from './problems.js';
import { Settings } from './Settings.jsx';
import { inEnglish } from './texts.js';

const SHOWS = [['build', 'Build'], ['page', 'As a page'], ['mail', 'As a mail']];

const groupAt = (id) => (id?.startsWith('#') ? Number(id.slice(1)) : null);

export function Builder({ studio, session, step, field, readOnly, close }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const [chosen, choose] = useState(field);
  const [shows, show] = useState('build');
  const [language, setLanguage] = useState(isChinese() ? 'zh' : 'en');
  const [told, tell] = useState('');
  const [found, ask] = useState(null);
  const layer = useRef(null);
  const builder = useMemo(() => new Acts(session, { choose, tell, ask, studio }), [session]);
  builder.chosen = chosen;
  builder.language = language;
  useEffect(() => session.on('change', redraw), [session]);
  useLayoutEffect(() => layer.current.focus(), []);
  useLayoutEffect(() => {
    if (document.activeElement === document.body) layer.current.focus({ preventScroll: true }); // else no key would come here
  });
  const problems = useMemo(() => problemsOf(session.form, session.english), [session.form, session.english]);
  const byHand = useMemo(() => handwritten(session.form), [session.form]);
  const fixed = step ? (extensionOf(step, 'Form')?.get('readOnly') ?? '').split(/\s+/).filter(Boolean) : readOnly;
  const title = language === 'en' ? inEnglish(session.form.title ?? '', session.english) || session.form.title : session.form.title;

  function keys(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
    const isRedo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'y';
    if (isUndo || isRedo) {
      event.preventDefault();
      if (isRedo || event.shiftKey) builder.redo();
      else builder.undo();
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      close();
    }
    event.stopPropagation();
  }

  return (
    <section class="f-builder" role="region" aria-labelledby="f-title" tabIndex={-1} ref={layer} onKeyDown={keys}>
      <header class="b-bar-top f-bar">
        <button type="button" class="btn btn-quiet" onClick={close}><Icon name="chevron-left" />{t('Back to the diagram')}</button>
        <h1 id="f-title" class="cut">{title || session.name}</h1>
        <div class="b-pick" role="group" aria-label={t('View')}>
          {SHOWS.map(([id, words]) => (
            <label key={id}><input type="radio" name="f-shows" checked={shows === id} onChange={() => show(id)} />{t(words)}</label>
          ))}
        </div>
        <div class="b-pick" role="group" aria-label={t('Language of the form')}>
          {[['zh', '中文'], ['en', 'English']].map(([id, words]) => (
            <label key={id} lang={id}><input type="radio" name="f-language" checked={language === id} onChange={() => setLanguage(id)} />{words}</label>
          ))}
        </div>
        <span class="push row-flex">
          <button type="button" class="btn btn-quiet btn-icon-only" disabled={!session.canUndo} onClick={() => builder.undo()} aria-label={t('Undo')} title="Ctrl+Z"><Icon name="corner-up-left" /></button>
          <button type="button" class="btn btn-quiet btn-icon-only" disabled={!session.canRedo} onClick={() => builder.redo()} aria-label={t('Redo')} title="Ctrl+Y"><Icon name="arrow-forward-up" /></button>
        </span>
      </header>
      {shows === 'build' ? (
        <div class="f-three">
          <Palette builder={builder} />
          <div class="f-middle">
            <Notices builder={builder} problems={problems} byHand={byHand} />
            <Look builder={builder} session={session} chosen={chosen} problems={problems} fixed={fixed} language={language} />
          </div>
          <Settings builder={builder} session={session} studio={studio} chosen={chosen} problems={problems} fixed={fixed} />
        </div>
      ) : (
        <Preview session={session} look={shows} language={language} readOnly={fixed} />
      )}
      <p class="visually-hidden" role="status">{told}</p>
      {found && <Elsewhere studio={studio} session={session} found={found} close={() => ask(null)} />}
    </section>
  );
}

/* What is not right yet, and what is kept without being shown. */
function Notices({ builder, problems, byHand }) {
  const errors = problems.filter(({ isNote: isOnlyNote }) => !isOnlyNote);
  const english = problems.length - errors.length;
  return (
    <>
      {errors.length > 0 && (
        <details class="b-note b-note--late f-problems">
          <summary><Icon name="alert-circle" />{t('{count} to fix', { count: errors.length })}</summary>
          <ul>
            {errors.map((each, at) => (
              <li key={at}><button type="button" class="btn btn-sm btn-quiet" onClick={() => builder.choose(each.name)}>{builder.nameOf(each.name)}: {each.text}</button></li>
            ))}
          </ul>
        </details>
      )}
      {!builder.session.hasEnglish && <p class="b-err">{t('The file strings/en.json cannot be read. What is written in English here is not kept until it is mended.')}</p>}
      {english > 0 && <p class="t-3 t-sm mt-0">{t('Places without English yet: {count}. They are marked EN.', { count: english })}</p>}
      {byHand.length > 0 && (
        <details class="f-byhand t-sm">
          <summary>{t('Rules written by hand that are kept: {count}', { count: byHand.length })}</summary>
          <ul>{byHand.map(({ where, what }, at) => <li key={at}><code>{what}</code>{where ? ` (${where})` : ''}</li>)}</ul>
        </details>
      )}
    </>
  );
}

/* What can be done to a form by mouse and by keys alike; each tells what happened. */
class Acts {
  constructor(session, { choose, tell, ask, studio }) {
    Object.assign(this, { session, studio, tell, ask, chosen: null, language: 'zh' });
    this.show = choose;
  }

  /* Give a field another name; where others use the old one, ask whether they follow. */
  rename(old, name) {
    this.session.act(rename(this.form, old, name), { chosen: name, renamed: [old, name] });
    this.choose(name);
    this.lookElsewhere(old, name);
  }

  lookElsewhere(old, name) {
    elsewhere(this.studio, this.session, old, name).then(
      (renaming) => renaming.places.length > 0 && this.ask({ old, name, renaming }),
      ({ message }) => this.tell(message),
    );
  }

  get form() {
    return this.session.form;
  }

  choose(id) {
    this.show(id);
  }

  /* What a part of the form is called in the language in which it is shown. */
  nameOf(id) {
    if (id === null) return t('Form');
    const group = groupAt(id);
    const text = group !== null ? groupsOf(this.form)[group]?.title : isNote(this.form, id) ? notesOf(this.form)[id].help : fieldsOf(this.form)[id]?.title;
    return this.word(text) || id;
  }

  word(text) {
    return this.language === 'en' && text ? inEnglish(text, this.session.english) || text : (text ?? '');
  }

  /* Add a field of a kind before another one; without a place behind the chosen one. */
  add(id, at = this.behindChosen()) {
    const kind = kindNamed(id);
    const title = this.freeTitle(kind.title);
    const english = { ...this.session.english, [title.zh]: this.session.english[title.zh] ?? title.en };
    const chosen = this.chosen;
    let name;
    let form;
    if (id === 'section') {
      form = addGroup(this.form, { title: title.zh }, at.before);
      name = `#${groupsOf(form).length - 1}`;
    } else if (id === 'note') {
      name = freeName(this.form, '', 'note');
      form = addNote(this.form, name, { help: title.zh }, at.before, at.group);
    } else {
      name = freeName(this.form, '');
      form = addField(this.form, name, { ...kind.rule(), title: title.zh }, { ...kind.hints }, at.before, at.group);
    }
    this.session.act(form, { english: this.withStock(form, english), chosen });
    this.choose(name);
    this.tell(t('{name} was added.', { name: this.language === 'en' ? title.en : title.zh }));
    return name;
  }

  /* The English of what a new field brings along. */
  withStock(form, english) {
    const stock = { [zh.Name]: 'Name', [zh.Count]: 'Count', [`${zh.Option} 1`]: 'Option 1', [`${zh.Option} 2`]: 'Option 2' };
    const written = JSON.stringify(form);
    Object.entries(stock).forEach(([text, words]) => written.includes(`"${text}"`) && (english[text] ??= words));
    return english;
  }

  /* A label that no other part of the form has: the English of two parts is then not the same text. */
  freeTitle(title) {
    const taken = JSON.stringify(this.form);
    const has = (number) => taken.includes(`"${zh[title]} ${number}"`);
    if (!taken.includes(`"${zh[title]}"`)) return { zh: zh[title], en: title };
    let number = 2;
    while (has(number)) number += 1;
    return { zh: `${zh[title]} ${number}`, en: `${title} ${number}` };
  }

  behindChosen() {
    const order = orderOf(this.form);
    const group = groupAt(this.chosen);
    if (group !== null) {
      const last = groupsOf(this.form)[group]?.fields?.filter((name) => order.includes(name)).at(-1);
      return { before: last ? (order[order.indexOf(last) + 1] ?? null) : null, group: groupsOf(this.form)[group] ? group : null };
    }
    const at = order.indexOf(this.chosen);
    return at < 0 ? { before: null, group: null } : { before: order[at + 1] ?? null, group: groupOf(this.form, this.chosen) };
  }

  moveTo(name, at) {
    if (name === at.before) return;
    this.session.act(place(this.form, name, at.before, at.group), { chosen: name });
    this.choose(name);
    this.tellPlace(name);
  }

  move(id, way) {
    const group = groupAt(id);
    const form = group === null ? oneStep(this.form, id, way) : stepGroup(this.form, group, way);
    if (form === null) {
      this.tell(way < 0 ? t('It is the first already.') : t('It is the last already.'));
      return;
    }
    this.session.act(form, { chosen: id });
    this.tellPlace(id);
  }

  tellPlace(id) {
    const order = orderOf(this.form);
    const group = groupAt(id) === null ? groupOf(this.form, id) : null;
    const facts = { name: this.nameOf(id), at: order.indexOf(id) + 1, count: order.length, section: group === null ? '' : this.nameOf(`#${group}`) };
    if (groupAt(id) !== null) this.tell(t('{name} was moved.', facts));
    else this.tell(group === null ? t('{name}: place {at} of {count}.', facts) : t('{name}: place {at} of {count}, in “{section}”.', facts));
  }

  remove(id) {
    const name = this.nameOf(id);
    const group = groupAt(id);
    const order = orderOf(this.form);
    const at = order.indexOf(id);
    this.session.actWithout(group === null ? remove(this.form, id) : removeGroup(this.form, group), { chosen: id });
    this.choose(group === null ? (order[at + 1] ?? order[at - 1] ?? null) : null);
    this.tell(t('{name} was removed. Ctrl+Z brings it back.', { name }));
  }

  copy(id) {
    const order = orderOf(this.form);
    const name = freeName(this.form, id.replace(/_\d+$/, ''));
    const at = { before: order[order.indexOf(id) + 1] ?? null, group: groupOf(this.form, id) };
    const form = isNote(this.form, id)
      ? addNote(this.form, name, structuredClone(notesOf(this.form)[id]), at.before, at.group)
      : addField(this.form, name, structuredClone(fieldsOf(this.form)[id]), structuredClone(this.form.ui?.fields?.[id] ?? {}), at.before, at.group);
    this.session.act(form, { chosen: id });
    this.choose(name);
    this.tell(t('{name} was copied.', { name: this.nameOf(id) }));
  }

  undo() {
    const step = this.session.undo();
    if (step) this.back(step, t('Undone.'));
    if (step?.renamed) this.lookElsewhere(...step.renamed.toReversed());
  }

  redo() {
    const step = this.session.redo();
    if (step) this.back(step, t('Redone.'));
    if (step?.renamed) this.lookElsewhere(...step.renamed);
  }

  back({ chosen }, words) {
    const isThere = chosen !== null && (groupAt(chosen) !== null ? groupsOf(this.form)[groupAt(chosen)] : orderOf(this.form).includes(chosen));
    if (isThere || !orderOf(this.form).includes(this.chosen)) this.choose(isThere ? chosen : null);
    this.tell(words);
  }
}
