/* The page: bar, canvas, panel, drawers. */
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

import { Guard } from '../opening/Guard.jsx';
import { Panel } from '../panel/Panel.jsx';
import { Icon } from '../shell/Icon.jsx';
import { CanvasBar } from './CanvasBar.jsx';
import { t } from './i18n.js';
import { isNarrow } from './narrow.js';
import { Saved } from './Saved.jsx';
import './frame.css';

export function Frame({ studio, canvas }) {
  const holder = useRef(null);
  const [, redraw] = useReducer((count) => count + 1, 0);
  useLayoutEffect(() => {
    holder.current.append(canvas);
    const off = ['changed', 'diagram', 'mode', 'tools'].map((name) => studio.on(name, redraw));
    const offDraft = ['saving', 'saved', 'failed', 'conflict'].map((name) => studio.draft.on(name, redraw));
    return () => [...off, ...offDraft].forEach((each) => each());
  }, [studio, canvas]);
  return (
    <>
      <div class="b-bar-top">
        <a class="btn btn-quiet btn-icon-only" href={studio.root.dataset.back} aria-label={t('Back to the list of flows')}>
          <Icon name="chevron-left" />
        </a>
        <h1>{studio.draft.row.name}</h1>
        {!studio.isHeld && (
          <button type="button" class="btn btn-quiet btn-icon-only" aria-label={t('Rename the flow')} title={t('Rename the flow')} onClick={() => studio.say('open-rename')}>
            <Icon name="pencil" />
          </button>
        )}
        <Saved studio={studio} />
        <span class="push row-flex">
          {studio.tools.filter((tool) => !tool.hidden?.()).map((tool) => (
            <button key={tool.id} data-tool={tool.id} type="button" class={`btn btn-sm ${tool.primary ? 'btn-primary' : 'btn-quiet'}`} aria-pressed={tool.pressed?.()} disabled={tool.disabled?.() ?? false} title={tool.hint?.()} onClick={() => tool.act()}>
              {tool.icon && <Icon name={tool.icon} />}
              {tool.title}
            </button>
          ))}
        </span>
      </div>
      {isNarrow() && <p class="b-note m-2">{t('This window is too narrow to draw in. Here you can look, comment, try it and have it reviewed.')}</p>}
      <section class="b-canvas" data-bs-theme="light" aria-label={t('Canvas')}>
        <div ref={holder} />
        <CanvasBar studio={studio} />
        {studio.parts.map(({ id, Part }) => (
          <Part key={id} studio={studio} />
        ))}
      </section>
      <aside class="b-props" aria-label={t('Properties')}>
        <Guard studio={studio}>
          <Panel studio={studio} />
        </Guard>
      </aside>
      <div class="b-under">
        {studio.drawers.map(({ id, Drawer }) => (
          <Guard key={id} studio={studio}>
            <Drawer studio={studio} />
          </Guard>
        ))}
      </div>
    </>
  );
}
