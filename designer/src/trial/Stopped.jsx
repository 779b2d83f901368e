/* Why the script cannot go on. */
import { Icon } from '../shell/Icon.jsx';

export const Stopped = ({ stopped }) =>
  stopped && (
    <div class="b-note b-note--late" role="alert">
      <Icon name="alert-circle" />
      <div>{stopped.sentence}</div>
    </div>
  );
