/* What an answer may be, in plain words. */
import { t } from '../i18n.js';
import { fieldsOf, orderOf, setRule } from './form.js';
import { Amount, Choice, Line, Tick, Wrong } from './inputs.jsx';
import { kindOf } from './kinds.js';

const PATTERNS = { digits: '^[0-9]+$', mobile: '^1[0-9]{10}$' };

export function Limits({ session, chosen, rule, type, problems, builder }) {
  const put = (values, mark = null) => session.act(setRule(session.form, chosen, values), { mark: mark && `${chosen}-${mark}` });
  const amount = (key, label) => <Amount id={`f-${key}`} label={label} value={rule[key]} put={(value) => put({ [key]: value }, key)} />;
  switch (type) {
    case 'number':
    case 'money':
      return (
        <>
          <div class="b-grid2">{amount('minimum', t('At least'))}{amount('maximum', t('At most'))}</div>
          <Wrong problems={problems} part="minimum" />
          {type === 'number' && <Tick label={t('Whole numbers only')} value={rule.type === 'integer'} put={(isWhole) => put({ type: isWhole ? 'integer' : 'number' })} />}
        </>
      );
    case 'text':
    case 'area':
      return (
        <>
          <div class="b-grid2">{amount('minLength', t('Characters, at least'))}{amount('maxLength', t('Characters, at most'))}</div>
          <Wrong problems={problems} part="minLength" />
          {type === 'text' && <Pattern rule={rule} put={put} problems={problems} />}
        </>
      );
    case 'several':
    case 'table':
      return (
        <>
          <div class="b-grid2">{amount('minItems', type === 'table' ? t('Rows, at least') : t('Choices, at least'))}{amount('maxItems', type === 'table' ? t('Rows, at most') : t('Choices, at most'))}</div>
          <Wrong problems={problems} part="minItems" />
        </>
      );
    case 'moment':
      return <Beside session={session} chosen={chosen} rule={rule} put={put} problems={problems} builder={builder} />;
    default:
      return null;
  }
}

function Pattern({ rule, put, problems }) {
  const known = Object.entries(PATTERNS).find(([, pattern]) => pattern === rule.pattern)?.[0];
  const value = rule.format === 'email' ? 'email' : (known ?? (rule.pattern === undefined ? '' : 'own'));
  const take = (next) => put({ format: next === 'email' ? 'email' : undefined, pattern: PATTERNS[next] ?? (next === 'own' ? '^.*$' : undefined) });
  return (
    <>
      <Choice id="f-pattern" label={t('What is written')} value={value} put={take} options={[['', t('Anything')], ['email', t('An e-mail address')], ['mobile', t('A mobile number')], ['digits', t('Digits only')], ['own', t('Custom pattern')]]} />
      {value === 'own' && <Line id="f-own" label={t('Pattern (regular expression)')} isMono value={rule.pattern} put={(typed) => put({ pattern: typed || undefined }, 'pattern')} problems={problems} part="pattern" />}
    </>
  );
}

function Beside({ session, chosen, rule, put, problems, builder }) {
  const { form } = session;
  const others = orderOf(form).filter((name) => name !== chosen && name in fieldsOf(form) && kindOf(fieldsOf(form)[name], {}) === 'moment');
  if (!others.length && !rule['x-before'] && !rule['x-after']) return null;
  const options = [['', t('Any time')], ...others.map((name) => [name, builder.word(fieldsOf(form)[name].title) || name])];
  return (
    <div class="b-grid2">
      {[['x-after', t('Later than')], ['x-before', t('Earlier than')]].map(([key, label]) => (
        <Choice key={key} id={`f-${key}`} label={label} value={rule[key] ?? ''} options={options} put={(name) => put({ [key]: name || undefined })} problems={problems} part={key} />
      ))}
    </div>
  );
}
