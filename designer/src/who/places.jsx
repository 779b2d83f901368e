/* Units, roles and cities, chosen by typing a part of their name. */
import { Combobox } from '../shell/Combobox.jsx';
import { Field, Select } from '../shell/Field.jsx';
import { isExpression } from '../shell/sources.js';
import { t } from './i18n.js';

/* A unit by its code, or a function ("Network") that the city makes definite. */
export function unitOptions({ units, functions }) {
  const nameOf = new Map(units.map((unit) => [unit.code, unit.name]));
  return [
    ...(functions ?? []).map(({ code, name }) => ({ value: code, label: t('{name} of the city', { name }), hint: code })),
    ...units.map(({ code, name, parent }) => ({ value: code, label: name, hint: [nameOf.get(parent), code].filter(Boolean).join(' · ') })),
  ];
}

export const isFunction = (catalogue, unit) => !catalogue.units.some(({ code }) => code === unit) && (catalogue.functions ?? []).some(({ code }) => code === unit);

function unknown(value, options, sentence) {
  const isThere = !value || isExpression(value) || options.some((each) => each.value === value);
  return isThere ? null : t(sentence, { value });
}

const worked = (value) => (isExpression(value) ? t('Worked out: {expression}', { expression: value.trim().slice(1).trim() }) : undefined);

export function UnitField({ given, change, catalogue, name = 'unit', label, help }) {
  const options = unitOptions(catalogue);
  return (
    <Field name={name} label={label ?? t('Unit')} help={help} problem={unknown(given[name], options, 'There is no unit “{value}”.')}>
      <Combobox value={given[name]} shown={worked(given[name])} options={options} placeholder={t('Type a part of its name')} onPick={(value) => change({ [name]: value })} />
    </Field>
  );
}

export function RoleField({ given, change, catalogue, name = 'role', label }) {
  const options = catalogue.roles.map(({ code, name: called }) => ({ value: code, label: called, hint: code }));
  return (
    <Field name={name} label={label ?? t('Role')} problem={unknown(given[name], options, 'Nobody has the role “{value}”.')}>
      <Combobox value={given[name]} shown={worked(given[name])} options={options} placeholder={t('Type a part of its name')} onPick={(value) => change({ [name]: value })} />
    </Field>
  );
}

/* Which city makes a function definite: that of the order, or always the same. */
export function CityField({ given, change, catalogue, of = given.unit }) {
  if (!given.city && !isFunction(catalogue, of) && !isExpression(of)) return null;
  const options = catalogue.cities.map(({ code, name }) => ({ value: code, label: name }));
  const here = isExpression(given.city) ? [{ value: given.city, label: worked(given.city) }] : [];
  return (
    <Field name="city" label={t('City')}>
      <Select value={given.city} empty={t('The city of the order')} options={[...here, ...options]} onPick={(city) => change({ city })} />
    </Field>
  );
}
