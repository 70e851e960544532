// Sends the row at the top of the screen to the state, which renders a window of rows around it.

import { isDisconnected } from "./connection.js";
import { find, isHydrated, onRender } from "./rendering.js";

const DELAY = 100; // ms between two messages
const RETRY_AFTER = 2000; // ms until a request is repeated that has not filled the screen,
const MAX_RETRY_AFTER = 64000; // doubled with each attempt, up to this
const OVERSCAN = 8; // rows to render above and below the screen

let lastRequest = "";
let requestedAt = 0;
let retryAfter = RETRY_AFTER; // for the last request
let timer = 0;
let retryTimer = 0;
let moving = false; // a new list fills the screen only; scrolling requests the overscan

function topRow(list) {
  const above = (element) => element.getBoundingClientRect().bottom <= 0;
  const rows = [...list.querySelectorAll("[data-row]")];
  const first = rows.find((row) => !above(row));
  if (first && first.getBoundingClientRect().top < innerHeight) return Number(first.dataset.row);
  // Outside the rendered window, such as after dragging the scroll bar: estimate by proportion.
  const box = list.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, -box.top / box.height));
  return Math.floor(share * Number(list.dataset.cmeVirtualList));
}

function sendTopRow() {
  const overscan = moving ? OVERSCAN : 0;
  timer = 0;
  moving = false;
  const list = find("[data-cme-virtual-list]");
  const field = find("[data-cme-top-row]");
  if (!list || !field || list.dataset.cmeVirtualList === "0") return;
  const rendered = list.querySelectorAll("[data-row]").length;
  const first = Number(list.dataset.rowsBefore);
  const after = Number(list.dataset.rowsAfter);
  const top = topRow(list);
  const height = list.querySelector("[data-row]")?.offsetHeight || 100;
  const bottom = top + Math.ceil(innerHeight / height);
  const enough =
    (first === 0 || top - first >= overscan) &&
    (after === 0 || first + rendered - bottom >= overscan);
  // Before hydration nothing is requested: a restored list may be scrolled to its middle by then.
  if (enough || !isHydrated()) return;
  // The same request for the same window is in flight, or its answer was lost: with a connection,
  // or because the page was loading and its answer came later.
  clearTimeout(retryTimer);
  const request = `${top} ${first} ${rendered} ${list.dataset.cmeVirtualList}`;
  const isRepeated = request === lastRequest;
  if (!isRepeated) retryAfter = RETRY_AFTER;
  const isInFlight = isRepeated && Date.now() - requestedAt < retryAfter;
  if (isInFlight || isDisconnected()) {
    retryTimer = setTimeout(schedule, RETRY_AFTER);
    return;
  }
  if (isRepeated) retryAfter = Math.min(2 * retryAfter, MAX_RETRY_AFTER);
  retryTimer = setTimeout(schedule, retryAfter);
  lastRequest = request;
  requestedAt = Date.now();
  // React notices a change only if its own value setter is bypassed.
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  set.call(field, field.value === String(top) ? ` ${top}` : String(top));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const schedule = () => (timer ||= setTimeout(sendTopRow, DELAY));

function handleMove() {
  moving = true;
  retryAfter = RETRY_AFTER;
  schedule();
}

for (const type of ["scroll", "resize"]) addEventListener(type, handleMove, { passive: true });
onRender(schedule, "data-cme-virtual-list", "data-rows-before", "data-hydrated");
