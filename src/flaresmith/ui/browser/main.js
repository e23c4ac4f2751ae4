/** Everything a page needs beyond HTML; each part is an addition, and every page works without it. */

import "./page.js";
import "./keys.js";
import "./run.js";
