/* The tab “which way”: the ways out of a gateway in their order, or the condition of one flow; the way back of a step. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { Kept } from '../shell/Kept.jsx';
import { useId } from '../shell/useId.js';
import { Condition } from './Condition.jsx';
import { read } from './conditions.js';
import { useFields } from './fields.js';
import { choosesWay, conditionOf, isDefault, makeDefault, moveWay, titleOf, waysOut } from './flows.js';
import { t } from './i18n.js';
import { Return } from './Return.jsx';
import { inWords } from './words.js';

export function Way({ studio, element }) {
  if (choosesWay(element)) return <Branches studio={studio} gateway={element} />;
  if (element.businessObject.$type === 'bpmn:SequenceFlow') return <OneFlow studio={studio} flow={element} />;
  return <Return studio={studio} element={element} />;
}

/* The way in words: its condition, that it is the rest, or that something is missing. */
function wordsOf(flow, fields) {
  if (isDefault(flow)) return t('when nothing else holds');
  const written = conditionOf(flow);
  if (!written.trim()) return t('no condition yet');
  const condition = read(written);
  return condition ? inWords(condition, fields) : written;
}

function Branches({ studio, gateway }) {
  const fields = useFields(studio, gateway);
  const name = useId();
  const [open, show] = useState(null);
  const [dragged, drag] = useState(null);
  const ways = waysOut(gateway);
  if (ways.length < 2) return <p class="b-help">{t('Draw at least two ways out of this branch; then say here when each of them is taken.')}</p>;
  const isOne = gateway.businessObject.$type === 'bpmn:ExclusiveGateway';
  const hasDefault = ways.some(isDefault);
  function drop(place) {
    if (dragged) moveWay(studio, dragged, place - ways.indexOf(dragged));
    drag(null);
  }
  return (
    <>
      <p class="b-help">{isOne ? t('Asked from top to bottom; the first that holds is taken.') : t('Every way whose condition holds is taken.')}</p>
      {!hasDefault && (
        <p class="b-note b-note--warn" role="status">
          <Icon name="alert-triangle" />
          <span>{t('Choose the way that is taken when no condition holds; without it a case could get stuck here.')}</span>
        </p>
      )}
      <ol class="b-ways">
        {ways.map((flow, place) => (
          <li key={flow.id} data-flow={flow.id} class={flow === dragged ? 'is-dragged' : ''} onDragOver={(event) => event.preventDefault()} onDrop={() => drop(place)}>
            <div class="b-way__h">
              <span class="b-way__grip" draggable onDragStart={() => drag(flow)} onDragEnd={() => drag(null)} title={t('Drag to change the order')}>{place + 1}</span>
              <button type="button" class="b-way__t" aria-expanded={open === flow.id} onClick={() => show(open === flow.id ? null : flow.id)} onKeyDown={(event) => event.altKey && moveByKey(studio, flow, event)}>
                <strong>{titleOf(flow)}</strong>
                <span class={conditionOf(flow) || isDefault(flow) ? 't-sm t-2' : 't-sm t-warn'}>{wordsOf(flow, fields)}</span>
              </button>
              <button type="button" class="btn btn-quiet btn-icon-only btn-sm" disabled={place === 0} aria-label={t('{name}: ask earlier', { name: titleOf(flow) })} onClick={() => moveWay(studio, flow, -1)}>
                <Icon name="arrow-up" />
              </button>
              <button type="button" class="btn btn-quiet btn-icon-only btn-sm" disabled={place === ways.length - 1} aria-label={t('{name}: ask later', { name: titleOf(flow) })} onClick={() => moveWay(studio, flow, 1)}>
                <Icon name="arrow-down" />
              </button>
            </div>
            <label class="form-check b-way__d">
              <input class="form-check-input" type="radio" name={name} data-field="way/default" checked={isDefault(flow)} onChange={() => makeDefault(studio, flow)} />
              <span class="form-check-label">{t('Taken when nothing else holds')}</span>
            </label>
            {open === flow.id && <Branch studio={studio} flow={flow} fields={fields} />}
          </li>
        ))}
      </ol>
    </>
  );
}

function moveByKey(studio, flow, event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  moveWay(studio, flow, step);
}

function Branch({ studio, flow, fields }) {
  return (
    <div class="stack b-way__b">
      <Label studio={studio} flow={flow} />
      {isDefault(flow) ? <p class="b-help">{t('It needs no condition.')}</p> : <Condition key={flow.id} studio={studio} flow={flow} fields={fields} />}
    </div>
  );
}

function Label({ studio, flow }) {
  const id = useId();
  return (
    <div class="b-field">
      <label for={id}>{t('Label of the way')}</label>
      <Kept id={id} class="form-control" value={flow.businessObject.name ?? ''} placeholder={t('for example: yes')} onChange={(event) => studio.service('modeling').updateProperties(flow, { name: event.target.value.trim() || undefined })} />
    </div>
  );
}

function OneFlow({ studio, flow }) {
  const fields = useFields(studio, flow);
  const source = flow.source;
  if (!choosesWay(source) && waysOut(source).length < 2 && !conditionOf(flow)) return <p class="b-help">{t('There is only this way on from “{name}”, so it needs no condition.', { name: source.businessObject.name || source.id })}</p>;
  return (
    <>
      <p class="b-way__words">{wordsOf(flow, fields)}</p>
      <label class="form-check">
        <input class="form-check-input" type="checkbox" data-field="way/default" checked={isDefault(flow)} disabled={isDefault(flow)} onChange={() => makeDefault(studio, flow)} />
        <span class="form-check-label">{t('Taken when nothing else holds')}</span>
      </label>
      <Branch studio={studio} flow={flow} fields={fields} />
      <button type="button" class="btn btn-sm b-start" onClick={() => studio.show(source.id, 'way/condition')}>{t('All ways out of “{name}”', { name: source.businessObject.name || t('the branch') })}</button>
    </>
  );
}
