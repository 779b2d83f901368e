/* Which unit a lane stands for, and which role in it does its steps. */
import { extensionOf } from '../modeler/extensions.js';
import { Field, Select } from '../shell/Field.jsx';
import { useRead } from '../shell/useRead.jsx';
import { assign } from './assigning.js';
import { t } from './i18n.js';

const coded = (list) => list.map(({ code, name }) => ({ value: code, label: name }));

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
      <Field name="lane/unit" label={t('Unit of this lane')}>
        <Select value={post?.unit} empty={t('None')} options={coded(units)} onPick={(unit) => change({ unit })} />
      </Field>
      <Field name="lane/role" label={t('Who in it')}>
        <Select value={post?.role} empty={t('Anybody')} options={coded(catalogue.roles)} onPick={(role) => change({ role })} />
      </Field>
      <p class="b-help">{t('Steps by a person that you draw in this lane go to this unit, unless they say otherwise.')}</p>
    </>
  );
}
