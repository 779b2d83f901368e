/* The chosen table while it is worked on: its editor, what the server finds in it, and the marks in its cells. */
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';

import { post } from '../shell/api.js';
import { TableEditor } from './editor.js';
import { fieldsOf } from './files.js';
import { mark } from './marks.js';

const CALM = 400;
const NOTHING = { findings: [], gaps: [], overlaps: [], unreachable: [], skipped: [], capped: false, problem: null };

/* The editor of the chosen table; it writes into the draft, and counts the changes. */
export function useEditor({ draft, chosen, version, redraw }) {
  const holder = useRef(null);
  const editor = useRef(null);
  const [edits, count] = useReducer((number) => number + 1, 0);
  const [problem, setProblem] = useState(null);
  const [lost, setLost] = useState([]);
  useEffect(() => {
    setProblem(null);
    setLost([]);
    if (!chosen) return undefined;
    let gone = false;
    const write = (xml) => {
      draft.write(chosen.file, xml);
      count();
    };
    const made = new TableEditor({ container: holder.current, write, changed: redraw, fields: () => fieldsOf(draft) });
    editor.current = made;
    const shown = chosen.kind === 'table' ? made.open(draft.read(chosen.file), chosen.id) : Promise.reject(new Error(chosen.kind));
    shown.then(
      (warnings) => !gone && setLost(warnings),
      (error) => !gone && setProblem(error),
    ).finally(() => !gone && count());
    return () => {
      gone = true;
      editor.current = null;
      made.destroy();
    };
  }, [draft, chosen, version, redraw]);
  return useMemo(
    () => ({
      holder,
      edits,
      problem,
      lost,
      flush: () => editor.current?.flush() ?? Promise.resolve(),
      undo: () => editor.current.undo(),
      redo: () => editor.current.redo(),
      rename: (name) => editor.current.rename(name),
      get canUndo() {
        return editor.current?.canUndo ?? false;
      },
      get canRedo() {
        return editor.current?.canRedo ?? false;
      },
    }),
    [edits, problem, lost],
  );
}

/* What the server has to say about the table, a moment after each change. */
export function useFindings(draft, chosen, edits) {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (!chosen) return undefined;
    let gone = false;
    const waiting = setTimeout(async () => {
      const xml = draft.read(chosen.file) ?? '';
      const fields = fieldsOf(draft).map(({ path }) => path);
      const failed = ({ message }) => ({ problem: message });
      const [checked, analysed] = await Promise.all([post('/designer/tables/check', { xml, fields }).catch(failed), post('/designer/tables/analyse', { xml }).catch(failed)]);
      const told = checked.findings?.some(({ level }) => level === 'error') ? { problem: null } : {}; /* why it could not be analysed */
      if (!gone) setFound(ofDecision({ ...NOTHING, ...analysed, ...checked, ...told }, chosen.id));
    }, CALM);
    return () => {
      gone = true;
      clearTimeout(waiting);
    };
  }, [draft, chosen, edits]);
  return found;
}

function ofDecision(found, id) {
  const own = (list) => list.filter(({ decision }) => !decision || decision === id);
  return { ...found, findings: own(found.findings), gaps: own(found.gaps), overlaps: own(found.overlaps), unreachable: own(found.unreachable), skipped: own(found.skipped) };
}

export function useMarks(found, seen, chosen) {
  useEffect(() => mark({ remarks: chosen ? found.findings : [], ...seen }), [found, seen, chosen]);
}
