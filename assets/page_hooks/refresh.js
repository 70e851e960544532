// Refreshes a page on return to its tab, and when another tab has changed the claim.

import { find } from "./rendering.js";

const MIN_INTERVAL = 2000; // ms

let refreshedAt = 0;
let outdated = false; // another tab has changed the claim while this one was hidden

export const refreshNow = () => find("[data-cme-refresh]")?.click();

function refresh() {
  if (document.visibilityState !== "visible") return;
  if (!outdated && Date.now() - refreshedAt < MIN_INTERVAL) return;
  outdated = false;
  refreshedAt = Date.now();
  refreshNow();
}

function refreshChanged() {
  outdated = true;
  refresh();
}

addEventListener("pageshow", ({ persisted }) => persisted && refresh());
addEventListener("focus", refresh);
document.addEventListener("visibilitychange", ({ isTrusted }) => isTrusted && refresh());
document.addEventListener("cme-claim-changed", refreshChanged); // assets/command_queue.js
