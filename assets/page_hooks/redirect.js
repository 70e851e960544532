// Leaves for another page of this site when the state says so, as when a session has ended.

import { find, onRender } from "./rendering.js";

function redirect() {
  const address = find("[data-cme-redirect]")?.dataset.cmeRedirect;
  if (address && /^\/(?!\/)/.test(address)) location.assign(address);
}

onRender(redirect, "data-cme-redirect");
