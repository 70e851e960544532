// Refreshes a page on return to its tab: another tab or device may have changed the claim.

import { find } from "./rendering.js";

const MIN_INTERVAL = 2000; // ms

let refreshedAt = 0;

export const refreshNow = () => find("[data-cme-refresh]")?.click();

function refresh() {
  if (document.visibilityState !== "visible" || Date.now() - refreshedAt < MIN_INTERVAL) return;
  refreshedAt = Date.now();
  refreshNow();
}

addEventListener("pageshow", ({ persisted }) => persisted && refresh());
addEventListener("focus", refresh);
document.addEventListener("visibilitychange", ({ isTrusted }) => isTrusted && refresh());
