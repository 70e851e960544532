// Tells the state which row is at the top of the screen, for the list that renders only a window.

import { find, isHydrated, onRender } from "./rendering.js";

const DELAY = 100; // ms between two messages about scrolling
const OVERSCAN = 8; // rows that shall be rendered beyond the screen, above and below

let asked = "";
let timer = 0;
let moving = false; // a new list fills the screen; more of it is asked for when it moves

function topRow(list) {
  const above = (element) => element.getBoundingClientRect().bottom <= 0;
  const rows = [...list.querySelectorAll("[data-row]")];
  const seen = rows.find((row) => !above(row));
  if (seen && seen.getBoundingClientRect().top < innerHeight) return Number(seen.dataset.row);
  // Beyond what is rendered, e.g. after a pull at the scroll bar: by proportion.
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
  // The same question about the same window has been asked; its answer is under way. Before the
  // page is hydrated nothing is asked: a list may come back in its middle before that.
  const question = `${top} ${first} ${rendered} ${list.dataset.cmeVirtualList}`;
  if (enough || question === asked || !isHydrated()) return;
  asked = question;
  // React hears of a change only if the value is set past its own setter.
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  set.call(field, field.value === String(top) ? ` ${top}` : String(top));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const schedule = () => (timer ||= setTimeout(sendTopRow, DELAY));

function scrolled() {
  moving = true;
  schedule();
}

for (const moved of ["scroll", "resize"]) addEventListener(moved, scrolled, { passive: true });
onRender(schedule, "data-cme-virtual-list", "data-rows-before", "data-hydrated");
