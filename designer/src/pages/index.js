/* What every page shares, each in its own file. Everything works without script; this makes it quick. */
import { watchBulk } from './bulk.js';
import { watchClasses } from './classes.js';
import { watchConditions } from './conditions.js';
import { startDiagrams, watchDrawings } from './diagram.js';
import { watchDialogs } from './dialogs.js';
import { settleDrafts, watchDrafts } from './drafts.js';
import { watchFiles } from './files.js';
import { watchIntake } from './intake.js';
import { watchKeys } from './keys.js';
import { watchPane } from './pane.js';
import { watchRows } from './rows.js';
import { watchScrolling } from './scrolling.js';
import { watchStory } from './story.js';
import { watchSubmitting } from './submitting.js';
import { watchTheme } from './theme.js';
import { settleToasts, watchToasts } from './toasts.js';
import { watchTold } from './told.js';

const fresh = [startDiagrams, settleToasts, watchConditions, watchClasses, watchRows, settleDrafts];

watchTheme();
watchDialogs();
watchToasts();
watchTold();
watchDrawings();
watchKeys();
watchPane();
watchIntake();
watchBulk();
watchDrafts();
watchScrolling();
watchStory();
watchFiles();
watchSubmitting();
fresh.forEach((each) => each(document));
document.body.addEventListener('htmx:load', (event) => fresh.forEach((each) => each(event.detail.elt)));
