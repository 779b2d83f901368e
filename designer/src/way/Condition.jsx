/* The condition of one way: built from rows, or typed by experts. What the builder cannot show stays as it was written. */
import { useEffect, useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { isWhole, read, write } from './conditions.js';
import { conditionOf, setCondition } from './flows.js';
import { t } from './i18n.js';
import { Rows } from './Rows.jsx';
import { Typed } from './Typed.jsx';

const NONE = { join: 'and', parts: [{ field: '', op: '==', value: '' }] };

export function Condition({ studio, flow, fields }) {
  const written = conditionOf(flow);
  const [isTyped, type] = useState(false);
  const [built, build] = useState(() => read(written) ?? NONE);
  useEffect(() => {
    if (!isWhole(built) || write(built) !== written) build(read(written) ?? NONE);
  }, [written]);
  const isForeign = written.trim() !== '' && !read(written);

  function change(next) {
    build(next);
    if (isWhole(next)) setCondition(studio, flow, write(next));
    else if (!next.parts.length && written) setCondition(studio, flow, '');
  }
  const typing = isTyped || isForeign;
  return (
    <div class="stack">
      {isForeign && (
        <p class="b-note">
          <Icon name="info-circle" />
          <span>{t('This condition is more than rows can show. It is kept as it was written.')}</span>
        </p>
      )}
      {typing && <Typed label={t('Condition as an expression')} value={written} fields={fields} kind="condition" field="way/condition" rows={3} onChange={(text) => setCondition(studio, flow, text)} />}
      {!typing && <Rows condition={built} fields={fields} onChange={change} />}
      {!typing && !isWhole(built) && built.parts.length > 0 && <p class="b-help">{t('This counts as soon as every row is filled in.')}</p>}
      {!isForeign && (
        <button type="button" class="btn btn-sm btn-quiet b-start" aria-pressed={isTyped} onClick={() => type(!isTyped)}>
          <Icon name="pencil" />
          {isTyped ? t('Build it from rows') : t('Type it as an expression')}
        </button>
      )}
    </div>
  );
}
