// Redirects to another page of this site when the state asks for it, such as after a sign-out.

import { base } from "./meeting.js";
import { find, onRender } from "./rendering.js";

function redirect() {
  const address = find("[data-cme-redirect]")?.dataset.cmeRedirect;
  if (address && /^\/(?!\/)/.test(address)) location.assign(base + address.replace(/^\/(?=#|$)/, ""));
}

onRender(redirect, "data-cme-redirect");
