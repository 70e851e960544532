// What Reflex does not do for a page, one story a module. Each looks for elements that carry its
// data attributes, does nothing without them, and needs nothing of any library. The build bundles
// them into this file, so that they are one request and run before the application does.

import "./sign_in_form.js";
import "./sign_out.js";
import "./popup.js";
import "./pending.js";
import "./refresh.js";
import "./fields.js";
import "./address.js";
import "./redirect.js";
import "./line_focus.js";
import "./list_position.js";
