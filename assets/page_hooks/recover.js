// Loads or refreshes a page again that the server could not read from the database, until it can.

import { find, onRender } from "./rendering.js";
import { refreshNow } from "./refresh.js";

const MIN_INTERVAL = 1000; // ms, doubled with each attempt
const MAX_INTERVAL = 10000; // ms

let attempts = 0;
let timer = 0;

const unavailable = () => find("[data-cme-unavailable='true']");

function retry() {
  timer = 0;
  const page = unavailable();
  if (!page) return (attempts = 0);
  attempts += 1;
  if (page.dataset.cmeReady === "true") refreshNow();
  else find("[data-cme-load]").click();
  schedule();
}

function schedule() {
  if (timer || !unavailable()) return;
  timer = setTimeout(retry, Math.min(MIN_INTERVAL * 2 ** attempts, MAX_INTERVAL));
}

onRender(schedule, "data-cme-unavailable");
