/* Which unit a lane stands for, and which role in it does its steps. */
import { extensionOf } from '../modeler/extensions.js';
import { useRead } from '../shell/useRead.jsx';
import { t } from './i18n.js';
import { assign } from './index.js';

export function LanePanel({ studio, element }) {
  const [catalogue, meanwhile] = useRead(() => studio.catalogue(), [studio]);
  if (!catalogue) return meanwhile;
  const post = extensionOf(element, 'Assignment');
  const units = [...(catalogue.functions ?? []), ...catalogue.units];
  const change = (part) => {
    const { unit, role } = { unit: post?.unit, role: post?.role, ...part };
    assign(studio, element, { unit, role }, part.unit && units.find(({ code }) => code === unit)?.name);
  };
  return (
    <>
      <Choice id="lane-unit" label={t('Unit of this lane')} none={t('None')} list={units} value={post?.unit} onChoose={(unit) => change({ unit })} />
      <Choice id="lane-role" label={t('Who in it')} none={t('Anybody')} list={catalogue.roles} value={post?.role} onChoose={(role) => change({ role })} />
      <p class="b-help">{t('Steps by a person that you draw in this lane go to this unit, unless they say otherwise.')}</p>
    </>
  );
}

function Choice({ id, label, none, list, value, onChoose }) {
  return (
    <div class="b-field">
      <label for={id}>{label}</label>
      <select class="form-select" id={id} value={value ?? ''} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{none}</option>
        {list.map(({ code, name }) => (
          <option key={code} value={code}>{name}</option>
        ))}
      </select>
    </div>
  );
}
