// What Reflex does not do for a page. Each part looks for elements that carry a data attribute and
// does nothing without them; it needs nothing of any library.

const QUICK = 100; // ms between two messages about scrolling
const AHEAD = 8; // rows that shall be rendered beyond the screen, above and below
const SLOW = 10000; // ms after which a mark is taken off, whatever became of the tap

const one = (selector) => document.querySelector(selector);

// 1. The filter in the address, once the state has loaded for this very page: data-cme-ready is
// the path it loaded for. React Router keeps its own state in history.state.
function writeAddress() {
  const { cmeAddress: query, cmeReady: path } = one("[data-cme-address]")?.dataset ?? {};
  if (!path || !same(path, location.pathname) || query === location.search.slice(1)) return;
  const address = location.pathname + (query ? `?${query}` : "") + location.hash;
  history.replaceState(history.state, "", address);
}

const same = (path, other) => path.replace(/\/$/, "") === other.replace(/\/$/, "");

// 2. Leaving for another page of this site, when the state says so (a sign-in has ended).
function leave() {
  const address = one("[data-cme-leave]")?.dataset.cmeLeave;
  if (address && /^\/(?!\/)/.test(address)) location.assign(address);
}

// 3. Fields belong to the person: React only makes them. When the state's opinion of a field
// changes it is put there, but never under the hands of whoever is typing.
function correct(field) {
  const { cmeChecked, cmeValue } = field.dataset;
  if (cmeChecked !== undefined) field.checked = cmeChecked === "true";
  const typing = field === document.activeElement && !field.matches("select");
  if (cmeValue !== undefined && !typing) field.value = cmeValue;
}

// 4. Coming back to the page: another tab or device may have changed the claim.
let refreshed = 0;
function refresh() {
  if (document.visibilityState !== "visible" || Date.now() - refreshed < 2000) return;
  refreshed = Date.now();
  one("[data-cme-refresh]")?.click();
}

// 5. Which row is at the top of the screen, for the list that renders only a window.
let asked = "";
let waiting = 0;
let moving = false; // a new list fills the screen; more of it is asked for when it moves
function topRow(list) {
  const above = (element) => element.getBoundingClientRect().bottom <= 0;
  const rows = [...list.querySelectorAll("[data-row]")];
  const seen = rows.find((row) => !above(row));
  if (seen && seen.getBoundingClientRect().top < innerHeight) return Number(seen.dataset.row);
  // Beyond what is rendered, e.g. after a pull at the scroll bar: by proportion.
  const box = list.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, -box.top / box.height));
  return Math.floor(share * Number(list.dataset.cmeWindow));
}

function tellRow() {
  const ahead = moving ? AHEAD : 0;
  waiting = 0;
  moving = false;
  const list = one("[data-cme-window]");
  const field = one("[data-cme-scroll]");
  if (!list || !field || list.dataset.cmeWindow === "0") return;
  const rendered = list.querySelectorAll("[data-row]").length;
  const first = Number(list.dataset.first);
  const after = Number(list.dataset.after);
  const top = topRow(list);
  const height = list.querySelector("[data-row]")?.offsetHeight || 100;
  const bottom = top + Math.ceil(innerHeight / height);
  const enough =
    (first === 0 || top - first >= ahead) && (after === 0 || first + rendered - bottom >= ahead);
  // The same question about the same window has been asked; its answer is under way. One that
  // nobody hears is not asked: a list may come back in its middle before anybody listens.
  const question = `${top} ${first} ${rendered} ${list.dataset.cmeWindow}`;
  if (enough || question === asked || !listened()) return;
  asked = question;
  // React hears of a change only if the value is set past its own setter.
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  set.call(field, field.value === String(top) ? ` ${top}` : String(top));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const look = () => (waiting ||= setTimeout(tellRow, QUICK));

function scrolled() {
  moving = true;
  look();
}

// 6. A mark within the frame of the tap, until the page shows the answer. What is tapped or chosen
// from a menu before anybody listens is noted at it, because React begins with what it would have.
const listened = () => "listens" in document.documentElement.dataset;
function note({ target }) {
  if (!listened() && target.matches("select")) target.dataset.chosen = target.value;
}

function mark(event) {
  const tapped = event.target.closest?.("[data-cme-pending]");
  if (!tapped || tapped.matches(":disabled")) return;
  if (!listened()) tapped.dataset.early = "";
  tapped.dataset.pending = "true";
  tapped.setAttribute("aria-busy", "true");
  const settle = () => {
    observer.disconnect();
    clearTimeout(late);
    delete tapped.dataset.pending;
    tapped.removeAttribute("aria-busy");
  };
  const observer = new MutationObserver(settle);
  // Every answer changes something, if only what is announced.
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  const late = setTimeout(settle, SLOW);
}

// 7. A window that was opened for one thing closes itself; otherwise its link is followed.
function close(event) {
  const link = event.target.closest?.("[data-cme-close]");
  if (!link || !window.opener) return;
  event.preventDefault();
  event.stopPropagation();
  window.close();
  setTimeout(() => location.assign(link.href), 300);
}

// 8. Signing in and out is for a new start: the tab's state on the server belongs to its token.
// After a fault the name need not be typed again; whatever comes next, it is forgotten.
const NAME = "cme-name"; // the id of its field and what was in it
function forget({ target: form }) {
  if (form.method !== "post") return;
  sessionStorage.removeItem("token");
  const field = form.elements.last_name ?? form.elements.username;
  if (field?.value) sessionStorage.setItem(NAME, JSON.stringify([field.id, field.value]));
}

// 9. Back at a line of the claim that one came from: its link has the focus once it is there.
let arrived = "";
function arrive() {
  const place = location.hash.startsWith("#line-") ? location.hash.slice(1) : "";
  const link = document.getElementById(place)?.querySelector("a");
  if (place === arrived || (place && !link)) return; // been there, or it is yet to come
  arrived = place;
  link?.focus();
}

function remember() {
  const [id, name] = JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
  sessionStorage.removeItem(NAME);
  const field = id && document.getElementById(id);
  if (field && location.hash) field.value = name;
}

// 10. A badge's QR code opens /#badge=<number>: the number goes into its field, and out of the
// address before anything is sent anywhere. Nothing else is filled in.
function fillNumber() {
  const number = new URLSearchParams(location.hash.slice(1)).get("badge");
  if (number === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  const field = one("#number");
  if (field) field.value = number.slice(0, 40);
}

// 11. Save & Log Out ends it in every tab: the others ask the server, which sends them away.
const tabs = new BroadcastChannel("cme");
tabs.onmessage = () => one("[data-cme-refresh]")?.click();
if (location.hash === "#signed-out") tabs.postMessage("signed out");

const OPINIONS = ["data-cme-checked", "data-cme-value"];
const TOLD = ["data-cme-address", "data-cme-ready", "data-cme-leave", "data-cme-window"];
const NEWS = [...TOLD, "data-first", "data-listens"];

function rendered(records) {
  for (const { target, attributeName } of records) {
    if (OPINIONS.includes(attributeName)) correct(target);
  }
  writeAddress();
  leave();
  arrive();
  look();
}

addEventListener("popstate", fillNumber);
addEventListener("pageshow", ({ persisted }) => persisted && refresh());
addEventListener("click", close, true);
addEventListener("change", note, true);
addEventListener("click", mark);
addEventListener("submit", forget);
for (const moved of ["scroll", "resize"]) addEventListener(moved, scrolled, { passive: true });
addEventListener("focus", refresh);
document.addEventListener("visibilitychange", ({ isTrusted }) => isTrusted && refresh());
new MutationObserver(rendered).observe(document.documentElement, {
  subtree: true,
  childList: true,
  attributeFilter: [...OPINIONS, ...NEWS],
});
fillNumber();
remember();
rendered([]);
