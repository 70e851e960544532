// Refreshes a page that somebody comes back to: another tab or device may have changed the claim.

import { find } from "./rendering.js";

const AT_MOST_EVERY = 2000; // ms

let refreshed = 0;

export const refreshNow = () => find("[data-cme-refresh]")?.click();

function refresh() {
  if (document.visibilityState !== "visible" || Date.now() - refreshed < AT_MOST_EVERY) return;
  refreshed = Date.now();
  refreshNow();
}

addEventListener("pageshow", ({ persisted }) => persisted && refresh());
addEventListener("focus", refresh);
document.addEventListener("visibilitychange", ({ isTrusted }) => isTrusted && refresh());
