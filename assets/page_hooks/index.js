// Page behavior that Reflex does not provide, one feature a module. Each module looks for its data
// attributes, does nothing without them, and depends on no library. The build bundles them into
// this file, a classic script in the head: it runs before the application and before the body.

import "./meeting.js";
import "./tap_guard.js";
import "./sign_in_form.js";
import "./sign_out.js";
import "./popup.js";
import "./first_screen.js";
import "./pending.js";
import "./refresh.js";
import "./recover.js";
import "./fields.js";
import "./resend.js";
import "./address.js";
import "./redirect.js";
import "./line_focus.js";
import "./list_position.js";
