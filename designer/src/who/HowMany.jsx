/* Any one of them, all at once, or all in turn; and how many are enough. */
import { Combobox } from '../shell/Combobox.jsx';
import { Field, Select } from '../shell/Field.jsx';
import { Kept } from '../shell/Kept.jsx';
import { t } from './i18n.js';
import { MEMBER, readLoop, writeLoop } from './loops.js';

export function HowMany({ studio, element, way, change, sources }) {
  const loop = readLoop(element);
  if (loop.how === 'rounds') return null;
  const options = [
    { value: 'one', label: way === 'queue' ? t('Any one of them: whoever claims it first') : t('One person') },
    { value: 'all', label: t('All of them, at once') },
    { value: 'turn', label: t('All of them, one after the other') },
  ];
  const put = (next) => {
    const wanted = { ...loop, ...next };
    if (wanted.how === 'one') change(way === 'queue' ? { everyone: undefined, user: undefined } : { user: undefined });
    else change({ user: `= ${MEMBER}`, everyone: way === 'queue' ? 'true' : undefined });
    writeLoop(studio, element, way === 'queue' ? { ...wanted, list: '' } : wanted);
  };
  return (
    <>
      <Field name="many" label={t('How many of them')}>
        <Select value={loop.how} options={options} onPick={(how) => put({ how })} />
      </Field>
      {loop.how !== 'one' && way === 'field' && (
        <Field name="list" label={t('Field that names them')} help={t('The field holds a list of logins.')}>
          <Combobox
            value={loop.list ? `= ${loop.list}` : ''}
            options={sources.fields}
            placeholder={t('Type a part of its name')}
            onPick={(value) => put({ list: value.replace(/^\s*=\s*/, '') })}
          />
        </Field>
      )}
      {loop.how !== 'one' && (
        <Field name="enough" label={t('Enough when')} help={t('Empty: when all of them are done. With a number, the others need not do it any more.')}>
          <Kept type="number" min="1" max="99" class="form-control" value={loop.enough} onChange={({ target }) => put({ enough: target.value })} />
        </Field>
      )}
    </>
  );
}
