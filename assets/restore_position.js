// Restores scroll position and focus when the page is loaded anew or its content changes.

// 1. The page loads anew: because another version of the site is served, because somebody asked for
// it, or because the phone had put the page away. Once the page is hydrated it is scrolled to where
// it was, and the field that was being typed into has its text, focus and caret again.

const STORAGE_KEY = "cme_position"; // in sessionStorage, from one load of a page to the next

let position = null;

function store() {
  const field = document.activeElement;
  const typed = field?.matches("input[data-cme-value], textarea[data-cme-value]");
  const { id, value, selectionStart: caret } = typed ? field : {};
  const was = { address: location.href, top: scrollY, id, value, caret };
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(was));
}

export function restorePosition() {
  const was = position;
  position = null;
  if (was?.address !== location.href) return;
  const field = document.getElementById(was.id);
  if (field) type(field, was);
  scrollTo(0, was.top);
}

function type(field, { value, caret }) {
  field.focus({ preventScroll: true });
  // React hears of letters only if they are set past its own setter; what is known is not told.
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
  set.call(field, value);
  if (value !== field.dataset.cmeValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  if (caret !== null) field.setSelectionRange(caret, caret);
}

// 2. What had the focus is gone with an answer: a line that was removed leaves it to Undo, and Undo
// to the line that is back.

let focused = null;
let line = "";

function remember({ target }) {
  focused = target;
  line = target.closest("[id^='line-']")?.id ?? line;
}

function passFocus() {
  if (!focused || focused.isConnected) return;
  focused = null;
  if (document.activeElement !== document.body) return;
  const back = document.getElementById(line)?.querySelector("a");
  (document.querySelector("[data-cme-focus-fallback]") ?? back)?.focus();
}

if (globalThis.document) {
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type === "reload") position = JSON.parse(sessionStorage.getItem(STORAGE_KEY));
  sessionStorage.removeItem(STORAGE_KEY);
  addEventListener("pagehide", store);
  addEventListener("focusin", remember);
  new MutationObserver(passFocus).observe(document, { subtree: true, childList: true });
  // Whoever has moved on meanwhile stays there.
  for (const moved of ["keydown", "pointerdown", "wheel"])
    addEventListener(moved, () => (position = null), { once: true, passive: true });
}
