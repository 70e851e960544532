// Marks what is tapped within the frame of the tap, until the page shows the answer. What is tapped
// or chosen from a menu before the page is hydrated is noted at it, because React begins with what
// it would have.

import { isHydrated } from "./rendering.js";

const MARKED_AT_MOST = 10000; // ms after which a mark is taken off, whatever became of the tap

function noteChoice({ target }) {
  if (!isHydrated() && target.matches("select")) target.dataset.chosen = target.value;
}

function mark(event) {
  const tapped = event.target.closest?.("[data-cme-pending]");
  if (!tapped || tapped.matches(":disabled")) return;
  if (!isHydrated()) tapped.dataset.queued = "";
  tapped.dataset.pending = "true";
  tapped.setAttribute("aria-busy", "true");
  const unmark = () => {
    observer.disconnect();
    clearTimeout(timer);
    delete tapped.dataset.pending;
    tapped.removeAttribute("aria-busy");
  };
  const observer = new MutationObserver(unmark);
  // Every answer changes something, if only what is announced.
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  const timer = setTimeout(unmark, MARKED_AT_MOST);
}

addEventListener("change", noteChoice, true);
addEventListener("click", mark);
