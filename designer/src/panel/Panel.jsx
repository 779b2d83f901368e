/* The panel: the chosen element's kind and name, and the tabs that apply to it. */
import { useEffect, useReducer, useState } from 'preact/hooks';

import { t } from './i18n.js';

export function Panel({ studio }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const [chosen, choose] = useState(null);
  useEffect(() => {
    const off = ['select', 'changed', 'diagram', 'mode'].map((name) => studio.on(name, redraw));
    off.push(studio.on('field', (field) => choose(field.split('/')[0])));
    return () => off.forEach((each) => each());
  }, [studio]);
  const mode = studio.modes.get(studio.mode);
  if (mode) return <div class="card-body"><mode.Panel studio={studio} /></div>;
  const element = studio.diagram && (studio.selected ?? studio.service('canvas').getRootElement());
  if (!element) return null;
  const tabs = studio.tabs.filter((tab) => tab.applies(element));
  const current = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  return (
    <div class="card-body stack">
      <h2 id="pr-h">{element.businessObject.name || (element.parent ? t('No name yet') : studio.draft.row.name)}</h2>
      <div class="b-tabs" role="tablist" aria-labelledby="pr-h">
        {tabs.map((tab) => (
          <button key={tab.id} type="button" role="tab" id={`tab-${tab.id}`} aria-controls={`pan-${tab.id}`} aria-selected={tab === current} tabIndex={tab === current ? 0 : -1} onClick={() => choose(tab.id)}>
            {tab.title}
          </button>
        ))}
      </div>
      {current && (
        <div role="tabpanel" id={`pan-${current.id}`} aria-labelledby={`tab-${current.id}`}>
          <fieldset class="b-fields-of stack" disabled={studio.mode === 'read' && !current.forReaders}>
            <current.Panel key={element.id} studio={studio} element={element} />
          </fieldset>
        </div>
      )}
    </div>
  );
}
