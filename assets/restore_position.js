// Restores scroll position and focus after a reload and after changes of the content.

// 1. A reload: for a new version of the site, by the attendee, or because the phone had unloaded
// the tab. After hydration, restores the scroll position, and a text field's text, focus and caret.

const STORAGE_KEY = "cme_position"; // in sessionStorage, until the next load of the page

let position = null;

function store() {
  const field = document.activeElement;
  const isText = field?.matches("input[data-cme-value], textarea[data-cme-value]");
  const { id, value, selectionStart: caret } = isText ? field : {};
  const stored = { address: location.href, top: scrollY, id, value, caret };
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(stored));
}

export function restorePosition() {
  const stored = position;
  position = null;
  if (stored?.address !== location.href) return;
  const field = document.getElementById(stored.id);
  if (field) restoreField(field, stored);
  scrollTo(0, stored.top);
}

function restoreField(field, { value, caret }) {
  field.focus({ preventScroll: true });
  // React notices a change only if its own value setter is bypassed. A value that the state has
  // already needs no event.
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
  set.call(field, value);
  if (value !== field.dataset.cmeValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  if (caret !== null) field.setSelectionRange(caret, caret);
}

// 2. A reply removes the focused element: after Remove the focus goes to Undo, and after Undo to
// the restored line.

let focused = null;
let line = "";

function trackFocus({ target }) {
  focused = target;
  line = target.closest("[id^='line-']")?.id ?? line;
}

function restoreFocus() {
  if (!focused || focused.isConnected) return;
  focused = null;
  if (document.activeElement !== document.body) return;
  const link = document.getElementById(line)?.querySelector("a");
  (document.querySelector("[data-cme-focus-fallback]") ?? link)?.focus();
}

if (globalThis.document) {
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type === "reload") position = JSON.parse(sessionStorage.getItem(STORAGE_KEY));
  sessionStorage.removeItem(STORAGE_KEY);
  addEventListener("pagehide", store);
  addEventListener("focusin", trackFocus);
  new MutationObserver(restoreFocus).observe(document, { subtree: true, childList: true });
  // After any input the page keeps its current position.
  for (const type of ["keydown", "pointerdown", "wheel"])
    addEventListener(type, () => (position = null), { once: true, passive: true });
}
