/* A field as the page draws it, to look at only. */
import { t } from '../i18n.js';
import { choicesOf, kindOf } from './kinds.js';

const SHORT = 26;

export function Control({ rule, hints, builder, name, marks, isFixed }) {
  const type = kindOf(rule, hints);
  const label = builder.word(rule.title) || name;
  const help = builder.word(hints.help ?? rule.description);
  return (
    <div class="b-field">
      {type !== 'yes' && <span class="b-label">{label}{marks}</span>}
      {isFixed ? <div class="b-said t-3">{t('what stands in the case')}</div> : <Shape type={type} rule={rule} builder={builder} label={label} marks={marks} />}
      {help && <div class="b-help">{help}</div>}
    </div>
  );
}

const TYPES = { date: 'date', moment: 'datetime-local' };
const OFFERS = { unit: 'Units of the city and the province', person: 'Type part of the name', tree: 'Name or code of the class' };
const MOST_BESIDE = 5;

const wordsOf = (rule, builder) => choicesOf(rule).map(({ value, title }) => ({ value, title: builder.word(title) }));
const begun = ({ default: first }) => (['string', 'number'].includes(typeof first) ? String(first) : '');

function Radio({ rule, builder }) {
  const words = wordsOf(rule, builder);
  const isShort = words.length <= MOST_BESIDE && words.reduce((sum, { title }) => sum + title.length, 0) <= SHORT;
  return <div class={isShort ? 'b-pick' : 'b-choices'}>{words.map(({ value, title }) => <label key={value}><input type="radio" checked={value === rule.default} readOnly />{title}</label>)}</div>;
}

function Several({ rule, builder }) {
  return <div class="b-choices b-choices--many">{wordsOf(rule, builder).map(({ value, title }) => <label key={value} class="form-check mb-0"><input class="form-check-input" type="checkbox" checked={rule.default?.includes?.(value)} readOnly /><span class="form-check-label">{title}</span></label>)}</div>;
}

function Yes({ rule, label, marks }) {
  return <label class="form-check mb-0 b-yes"><input class="form-check-input" type="checkbox" checked={rule.default === true} readOnly /><span class="form-check-label">{label}{marks}</span></label>;
}

function Select({ rule, builder }) {
  return <select class="form-select"><option>{wordsOf(rule, builder).find(({ value }) => value === rule.default)?.title ?? t('Not chosen')}</option></select>;
}

const Offered = ({ type }) => <input class="form-control" readOnly placeholder={t(OFFERS[type])} />;
const Area = ({ rule }) => <textarea class="form-control" rows="3" readOnly value={begun(rule)} />;
const Money = ({ rule }) => <span class="b-money"><input class="form-control" readOnly value={begun(rule)} /><span class="b-money__u">{t('yuan')}</span></span>;
const Files = () => <input class="form-control" type="file" />;
const Line = ({ type, rule }) => <input class="form-control" type={TYPES[type] ?? 'text'} readOnly value={begun(rule)} />;

const SHAPES = { area: Area, radio: Radio, several: Several, yes: Yes, select: Select, unit: Offered, person: Offered, tree: Offered, money: Money, files: Files, table: Rows };

function Shape(props) {
  const Kind = SHAPES[props.type] ?? Line;
  return <Kind {...props} />;
}

function Rows({ rule, builder }) {
  const columns = Object.entries(rule.items.properties);
  return (
    <div class="scroll-x">
      <table class="table b-rows">
        <thead><tr>{columns.map(([name, column]) => <th key={name} scope="col">{builder.word(column.title) || name}</th>)}</tr></thead>
        <tbody><tr>{columns.map(([name, column]) => <td key={name}><Shape type={kindOf(column, {})} rule={column} builder={builder} label="" /></td>)}</tr></tbody>
      </table>
    </div>
  );
}
