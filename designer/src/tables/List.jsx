/* The draft's decision tables: choose, begin, rename, delete. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { decisionsOf } from './files.js';
import { t } from './i18n.js';

export function List({ draft, chosen, choose, add, rename, remove }) {
  const [asked, ask] = useState(null);
  const all = decisionsOf(draft);
  const is = (each) => chosen && each.file === chosen.file && each.id === chosen.id;
  const ready = chosen?.kind === 'table';
  return (
    <nav class="b-tables__list stack" aria-label={t('Tables of this process')}>
      <ul>
        {all.map((each) => (
          <li key={`${each.file}#${each.id}`}>
            <button type="button" aria-current={is(each) ? 'true' : undefined} onClick={() => choose(each)}>
              <Icon name={each.kind === 'broken' ? 'alert-triangle' : 'table'} />
              <span>
                {each.name}
                <small class="t-3">{each.kind === 'broken' ? t('cannot be read') : each.id}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {asked ? (
        <Name
          title={asked === 'add' ? t('Name of the new table') : t('New name')}
          verb={asked === 'add' ? t('Create') : t('Rename')}
          start={asked === 'add' ? '' : chosen.name}
          done={(name) => {
            ask(null);
            if (name) (asked === 'add' ? add : rename)(name);
          }}
        />
      ) : (
        <div class="stack">
          <button type="button" class="btn btn-sm" onClick={() => ask('add')}>
            <Icon name="plus" />
            {t('New table')}
          </button>
          {chosen && (
            <div class="row-flex">
              <button type="button" class="btn btn-sm btn-quiet" disabled={!ready} onClick={() => ask('rename')}>
                <Icon name="pencil" />
                {t('Rename')}
              </button>
              <button type="button" class="btn btn-sm btn-quiet" onClick={remove}>
                <Icon name="trash" />
                {t('Delete')}
              </button>
            </div>
          )}
        </div>
      )}
    </nav>
  );
}

function Name({ title, verb, start, done }) {
  const [name, setName] = useState(start);
  return (
    <form
      class="b-field stack"
      onSubmit={(event) => {
        event.preventDefault();
        done(name.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        done('');
      }}
    >
      <label for="tables-name">{title}</label>
      <input id="tables-name" class="form-control" required maxLength={100} value={name} ref={(node) => node && !node.dataset.seen && ((node.dataset.seen = '1'), node.focus())} onInput={({ target }) => setName(target.value)} />
      <div class="row-flex">
        <button type="submit" class="btn btn-sm btn-primary">
          {verb}
        </button>
        <button type="button" class="btn btn-sm btn-quiet" onClick={() => done('')}>
          {t('Cancel')}
        </button>
      </div>
    </form>
  );
}
