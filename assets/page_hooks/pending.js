// Marks a tapped button as pending within the same frame, until the page changes. Before hydration,
// only what is tapped on the first screen will be done; selected options are recorded on the
// element, because React would reset them.

import { isInFirstScreen } from "./first_screen.js";
import { isHydrated } from "./rendering.js";

const MARK_TIMEOUT = 10000; // ms after which a mark is removed in any case

function recordChoice({ target }) {
  if (!isHydrated() && target.matches("select")) target.dataset.chosen = target.value;
}

function mark(event) {
  const button = event.target.closest?.("[data-cme-pending]");
  if (!button || button.matches(":disabled")) return;
  if (!isHydrated() && !isInFirstScreen(button)) return;
  button.dataset.pending = "true";
  button.setAttribute("aria-busy", "true");
  const unmark = () => {
    observer.disconnect();
    clearTimeout(timer);
    delete button.dataset.pending;
    button.removeAttribute("aria-busy");
  };
  const observer = new MutationObserver(unmark);
  // Every reply changes the page, at least the announcement.
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  const timer = setTimeout(unmark, MARK_TIMEOUT);
}

addEventListener("change", recordChoice, true);
addEventListener("click", mark);
