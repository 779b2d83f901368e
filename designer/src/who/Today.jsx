/* A line in plain words: who that is today. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { useAnswer } from '../shell/useAnswer.js';
import { t } from './i18n.js';
import { isFunction } from './places.jsx';

export function Today({ studio, given, catalogue }) {
  const [city, choose] = useState(studio.sampleCity ?? catalogue.cities[0]?.code ?? null);
  const asked = Object.fromEntries(Object.entries(given).filter(([name, value]) => value && name !== 'everyone' && !(name === 'user' && given.everyone === 'true')));
  const { answer, problem } = useAnswer('/designer/people/meant', Object.keys(asked).length ? { assignment: asked, city } : null);
  const dependsOnCity = !given.city && [given.unit, given.headOf, given.fallbackUnit].some((unit) => isFunction(catalogue, unit));
  if (!answer && !problem) return null;
  return (
    <div class="b-note" role="status" data-said="today">
      <Icon name="user-check" />
      <div>
        {problem ?? answer.sentence}
        {dependsOnCity && (
          <label class="row-flex t-sm">
            {t('as in')}
            <select
              class="form-select form-select-sm"
              value={city ?? ''}
              onChange={({ target }) => {
                studio.sampleCity = target.value;
                choose(target.value);
              }}
            >
              {catalogue.cities.map(({ code, name }) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </div>
  );
}
