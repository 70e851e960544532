// Loads or refreshes a page again that the server could not read from the database, until it can.

import { find, onRender } from "./rendering.js";
import { refreshNow } from "./refresh.js";

const MIN_INTERVAL = 1000; // ms, doubled with each attempt
const MAX_INTERVAL = 10000; // ms

let attempts = 0;
let timer = 0;

// What failed: "load" or "refresh".
const unavailable = () => find("[data-cme-unavailable]")?.dataset.cmeUnavailable;

function retry() {
  timer = 0;
  const failed = unavailable();
  if (!failed) return (attempts = 0);
  attempts += 1;
  if (failed === "load") find("[data-cme-load]").click();
  else refreshNow();
  schedule();
}

function schedule() {
  if (timer || !unavailable()) return;
  timer = setTimeout(retry, Math.min(MIN_INTERVAL * 2 ** attempts, MAX_INTERVAL));
}

onRender(schedule, "data-cme-unavailable");
