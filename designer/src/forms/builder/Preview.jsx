/* The form as people will get it, drawn by the server with the templates of the desk, in a frame in which nothing runs. */
import { useEffect, useState } from 'preact/hooks';

import { postForText } from '../../shell/api.js';
import { Icon } from '../../shell/Icon.jsx';
import { t } from '../i18n.js';

export function Preview({ session, look, language, readOnly }) {
  const [drawn, setDrawn] = useState({ html: null, problem: null });
  const key = readOnly.join(' ');
  useEffect(() => {
    let isStale = false;
    const question = { form: session.form, strings: session.english, as: look, language, read_only: key.split(' ').filter(Boolean) };
    postForText('/designer/forms/preview', question)
      .then((html) => isStale || setDrawn({ html, problem: null }))
      .catch((problem) => isStale || setDrawn({ html: null, problem }));
    return () => {
      isStale = true;
    };
  }, [session, session.form, session.english, look, language, key]);
  const { html, problem } = drawn;
  return (
    <div class="f-preview">
      {problem && (
        <div class="b-note b-note--late" role="alert">
          <Icon name="alert-circle" />
          <div>{problem.findings.length ? problem.findings.map(({ sentence }) => <p key={sentence}>{sentence}</p>) : <p>{problem.message}</p>}</div>
        </div>
      )}
      {html !== null && <iframe title={look === 'mail' ? t('The form as a mail') : t('The form as a page')} sandbox="" srcdoc={html} />}
      {html === null && !problem && <p class="t-3">{t('Drawing the form…')}</p>}
    </div>
  );
}
