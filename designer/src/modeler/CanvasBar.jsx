/* Over the canvas: the diagram that is shown, zoom, and what is done with the whole picture. */
import { useEffect, useReducer, useState } from 'preact/hooks';

import { Chooser } from '../diagrams/Chooser.jsx';
import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';
import { isNarrow } from './narrow.js';

function Tool({ icon, label, onClick, ...rest }) {
  return (
    <button type="button" class="btn btn-sm btn-quiet btn-icon-only" aria-label={label} title={label} onClick={onClick} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

export function CanvasBar({ studio }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const off = ['diagram', 'mode', 'tools'].map((name) => studio.on(name, redraw));
    studio.modeler.on('canvas.viewbox.changed', redraw);
    return () => off.forEach((each) => each());
  }, [studio]);
  if (!studio.diagram) return null;
  const canvas = studio.service('canvas');
  const zoom = (step) => studio.service('zoomScroll').stepZoom(step);
  return (
    <div class="b-canvasbar row-flex">
      <Chooser studio={studio} />
      <span class="b-canvasbar__zoom row-flex" role="group" aria-label={t('Zoom')}>
        <Tool icon="zoom-out" label={t('Smaller')} onClick={() => zoom(-1)} />
        <button type="button" class="btn btn-sm btn-quiet" title={t('To 100%')} onClick={() => canvas.zoom(1, 'auto')}>{`${Math.round(canvas.zoom() * 100)}%`}</button>
        <Tool icon="zoom-in" label={t('Larger')} onClick={() => zoom(1)} />
        <Tool icon="maximize" label={t('Fit into view')} onClick={() => studio.fit()} />
      </span>
      <Tool icon="search" label={t('Find an element')} onClick={() => studio.find()} />
      <Tool icon="map" label={t('Minimap')} aria-pressed={studio.service('minimap').isOpen()} onClick={() => { studio.service('minimap').toggle(); redraw(); }} />
      <More studio={studio} />
      {!isNarrow() && <Tool icon="keyboard" label={t('These keys')} onClick={() => studio.say('help')} />}
    </div>
  );
}

function More({ studio }) {
  const [told, tell] = useState('');
  const grid = studio.service('grid');
  const run = (act) => async (event) => {
    event.currentTarget.closest('details').removeAttribute('open');
    tell((await act()) || '');
  };
  return (
    <span class="b-menu">
      <details class="b-menu">
        <summary class="btn btn-sm btn-quiet btn-icon-only" aria-label={t('More')}><Icon name="dots" /></summary>
        <div class="b-menu__body card">
          <button type="button" class="btn btn-quiet" disabled={studio.isReadOnly} onClick={run(() => studio.tidy())}><Icon name="layout-dashboard" />{t('Auto-layout')}</button>
          <button type="button" class="btn btn-quiet" aria-pressed={grid.isVisible()} onClick={run(() => grid.toggle())}><Icon name="grid-dots" />{t('Grid')}</button>
          <button type="button" class="btn btn-quiet" aria-pressed={studio.isExpert()} onClick={run(() => studio.setExpert(!studio.isExpert()))}><Icon name="tool" />{t('Show everything (expert)')}</button>
          <button type="button" class="btn btn-quiet" onClick={run(() => studio.picture('svg'))}><Icon name="photo" />{t('Picture as SVG')}</button>
          <button type="button" class="btn btn-quiet" onClick={run(() => studio.picture('png'))}><Icon name="photo" />{t('Picture as PNG')}</button>
          <button type="button" class="btn btn-quiet" onClick={run(() => studio.picture('pdf'))}><Icon name="file-text" />{t('Picture as PDF')}</button>
        </div>
      </details>
      {told && (
        <div class="b-menu__body b-note b-note--warn" role="alert">
          <span class="grow">{told}</span>
          <button type="button" class="btn btn-sm btn-quiet" onClick={() => tell('')}>{t('Close')}</button>
        </div>
      )}
    </span>
  );
}
