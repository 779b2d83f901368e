/* Instead of the designer, when the draft itself cannot be had. */
import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';

export function Failure({ error, back }) {
  return (
    <div class="b-note b-note--late b-notice" role="alert">
      <Icon name="alert-triangle" />
      <div>
        <p>{t('The designer cannot open this draft: {reason}', { reason: error.message })}</p>
        <p>{t('What was saved is safe. Load the page again, or go back to the list of flows.')}</p>
        <p>
          <a class="btn btn-sm" href={back}>
            {t('Back to the list of flows')}
          </a>
        </p>
      </div>
    </div>
  );
}
