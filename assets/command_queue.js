// Command queue: stores events that have a command id, in order and in localStorage, until the
// server has applied or refused them, however long that takes. It sends one at a time; the server
// applies each command once, so that any number of tabs may send the same one.
// It depends on no library: assets/reflex_bridge.js connects it to the pages and the server, and
// assets/queue_notices.js shows what waits and what was refused.

// In localStorage, one key a command, which no two tabs overwrite: the owner, the order of the taps
// and the command's id follow. The owner is "<attendee's id>.<key>". The server gives the key to the
// attendee's own pages only, so nobody else at a shared device can store a command that is sent. The
// number is the version of the format.
const WAITING = "cme_queue/2/"; // until the server has applied or refused it
const REFUSED = "cme_refused/2/"; // until the attendee has dismissed it
const STORED = /^cme_(queue|refused)\//; // of any version and owner
const REMOVED = "cme_removed/"; // and the id of an attendee of whom something was removed
const KEPT_FOR = 86_400_000; // ms for which others may sign in until a command is removed

const STATUS_KEY = "cme_save_status"; // the last status, in sessionStorage, for a reload
const SAVING_AFTER = 300; // ms before "Saving" is shown
const IN_DOUBT_AFTER = 3000; // ms without a reply before the connection is in doubt
const ADOPT_AFTER = 3000; // ms after which a command of another tab is sent: it may be closed
const RETRY_AFTER = 5000; // ms without a reply before a command is sent again
const POSTPONED_RETRY_AFTER = 1000; // ms after the server could not process it
const MAX_BACKOFF = 10000; // ms between two attempts
const CHECK_INTERVAL = 500; // ms
const IN_DOUBT = ["offline", "reconnecting", "postponed"]; // statuses
const LABEL_LIMIT = 200; // characters of a text that are stored to be shown

const html = globalThis.document?.documentElement;

let owner = ""; // this page's attendee, confirmed by the server
let expectedOwner = ""; // the one in the page's initial state, before the server's first reply
let send = () => {}; // sends events to the server
let declared = {}; // by event: `about`, the parameters that name its subject, and `label`
let words = { yes: "", no: "", none: "", removed: "" }; // for values in labels, and a reason
let inFlight = null; // the sent command: id, tries, when to retry, whether it was postponed
let lastAlive = 0; // time of the server's last message, in ms
const loadedAt = Date.now();
let disconnectedAt = 0; // time at which Reflex lost the connection, in ms; 0 if connected
let probing = false; // whether a probe of the server is in flight
let saved = false; // whether a command was applied, in this tab
let storedSaved = null; // `saved` as it is stored
let outdated = false; // whether a command of another page was processed: this one does not show it
let lastOrder = 0;
let timer = 0;
const mine = new Map(); // commands of this page, by id: the marked button, and the debounce in ms

// 1. Storage. Where the browser refuses it, as when it is full, the commands are in memory.

const memory = new Map();

function put(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem(key, JSON.stringify(value));
    memory.delete(key);
  } catch {
    // Kept in memory.
  }
}

function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // It was in memory only.
  }
}

function storedKeys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function read(key) {
  try {
    return memory.get(key) ?? JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

// The stored values whose keys begin so, with their keys, in the order of the taps.
function entries(prefix) {
  const keys = [...memory.keys(), ...storedKeys()].filter((key) => key.startsWith(prefix));
  keys.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return keys.map((key) => ({ ...read(key), key })).filter(({ event }) => event?.payload);
}

const idIn = (attendee) => attendee.split(".")[0];
const orderOf = (key) => key.split("/")[3];
const idOf = ({ event }) => event.payload.command;
const user = () => owner || expectedOwner;
const waiting = () => (user() ? entries(`${WAITING}${user()}/`) : []);
const refusals = () => (user() ? entries(`${REFUSED}${user()}/`) : []);

// Increases also where the clock is set back, and across the tabs.
function nextOrder() {
  const last = waiting().at(-1);
  lastOrder = Math.max(Date.now() * 1000, lastOrder + 1, last ? Number(orderOf(last.key)) + 1 : 0);
  return lastOrder;
}

// Stores it after all others of this attendee.
function add(prefix, attendee, command) {
  const order = String(nextOrder()).padStart(16, "0");
  put(`${prefix}${attendee}/${order}/${idOf(command)}`, { ...command, at: Date.now() });
}

// The next person at a shared device must not find for long what others have left there, and what
// has no key may come from anybody. It is removed, and its owner told so at the next sign-in.
function removeOthers() {
  for (const key of storedKeys().filter((each) => STORED.test(each))) {
    const [, , attendee = ""] = key.split("/");
    const { at = 0 } = read(key) ?? {};
    const isCurrent = key.startsWith(WAITING) || key.startsWith(REFUSED);
    const isOfAnother = idIn(attendee) !== idIn(owner);
    const isRecent = isOfAnother && Math.abs(Date.now() - at) < KEPT_FOR;
    if (isCurrent && (attendee === owner || isRecent)) continue;
    remove(key);
    put(REMOVED + idIn(attendee), true);
  }
  tellRemoved();
}

function tellRemoved() {
  const removed = REMOVED + idIn(owner);
  if (!read(removed)) return;
  remove(removed);
  const command = { event: { payload: { command: "removed" } }, subject: "", label: "" };
  add(REFUSED, owner, { ...command, reason: words.removed });
}

// 2. Events of the pages.

// Receives the events of all pages but immediate actions: assets/immediate_actions.js.
export function intercept(events, args, actions) {
  const [event] = [events].flat();
  const domEvent = args?.[0];
  return event?.payload?.command ? enqueue(event, domEvent) : send(events, args, actions);
}

function enqueue({ name, payload, event_actions: actions }, domEvent) {
  const { about: parameters = [], label = "" } = declared[name] ?? {};
  const about = JSON.stringify([name, ...parameters.map((parameter) => payload[parameter])]);
  const last = waiting().at(-1);
  // Further input in a text field replaces its unsent command.
  if (last?.about === about && mine.get(idOf(last))?.debounce && inFlight?.id !== idOf(last))
    discard(last);
  const button = domEvent?.target?.closest?.("[data-cme-pending]");
  if (button) button.dataset.unsaved = "";
  mine.set(payload.command, { button, debounce: actions?.debounce });
  const event = { name, payload, event_actions: {} };
  add(WAITING, user(), { event, about, subject: subjectOf(domEvent?.target), label: fill(label, payload) });
  next();
}

function discard(command) {
  remove(command.key);
  mine.delete(idOf(command));
}

// What a command is about, in words: the subjects of the elements around what was tapped.
function subjectOf(element) {
  const subjects = [];
  for (let each = element?.closest?.("[data-cme-subject]"); each; each = closestAbove(each))
    subjects.unshift(each.dataset.cmeSubject);
  return subjects.filter(Boolean).join(" · ");
}

const closestAbove = (element) => element.parentElement?.closest("[data-cme-subject]");

const fill = (label, payload) =>
  label.replace(/{(\w+)}/g, (_, parameter) => inWords(payload[parameter]));

function inWords(value) {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return String(value ?? "").slice(0, LABEL_LIMIT) || words.none;
}

// 3. Sending: one command is in flight at a time, which preserves the order of the taps.

function next() {
  clearTimeout(timer);
  const commands = waiting();
  const ids = new Set(commands.map(idOf));
  unmarkSettled(ids);
  if (inFlight && !ids.has(inFlight.id)) inFlight = null;
  const [first] = commands;
  if (first && owner && inFlight?.id !== idOf(first)) {
    const rest = timeLeft(first, commands.length === 1);
    if (rest > 0) timer = setTimeout(next, rest);
    else transmit(first);
  }
  publish();
}

// The time in ms after which a command is due: until the attendee has stopped typing, or until
// another tab that has just stored it would have sent it.
function timeLeft(command, isLast) {
  const own = mine.get(idOf(command));
  if (own) return isLast ? command.at + (own.debounce ?? 0) - Date.now() : 0;
  return command.at <= loadedAt ? 0 : command.at + ADOPT_AFTER - Date.now();
}

function transmit(command) {
  const id = idOf(command);
  const tries = inFlight?.id === id ? inFlight.tries + 1 : 0;
  const retryAt = Date.now() + Math.min(RETRY_AFTER * 1.5 ** tries, MAX_BACKOFF);
  const postponed = inFlight?.id === id && inFlight.postponed;
  inFlight = { id, tries, retryAt, postponed, answered: false };
  send([command.event], [], {});
}

// The server's reply to a command: it was applied; refused by a rule, for this reason; or
// postponed, because of a fault that will pass.
export function settle(id, outcome, reason) {
  if (!id) return;
  if (outcome === "postponed") return postpone(id);
  const command = entries(WAITING).find((each) => idOf(each) === id);
  if (outcome === "applied") entries(REFUSED).forEach((each) => idOf(each) === id && remove(each.key));
  if (!command) return publish();
  const { key, ...stored } = command;
  if (outcome === "refused") put(key.replace(WAITING, REFUSED), { ...stored, reason });
  remove(key);
  saved = outcome === "applied";
  outdated ||= !mine.has(id);
  next();
  if (!outdated || waiting().length) return;
  outdated = false;
  announceChange();
}

function postpone(id) {
  if (inFlight?.id !== id || inFlight.answered) return;
  const delay = Math.min(POSTPONED_RETRY_AFTER * 2 ** inFlight.tries, MAX_BACKOFF);
  inFlight = { ...inFlight, postponed: true, answered: true, retryAt: Date.now() + delay };
  publish();
}

function unmarkSettled(waitingIds) {
  for (const [id, { button }] of mine) {
    if (waitingIds.has(id)) continue;
    if (button) delete button.dataset.unsaved;
    mine.delete(id);
  }
}

// After a reconnection or a page load: send the unanswered command again.
export function resume() {
  if (!owner) return;
  inFlight = null;
  next();
}

function check() {
  const [first] = waiting();
  const isInFlight = first && inFlight?.id === idOf(first);
  if (isInFlight && !disconnectedAt && Date.now() >= inFlight.retryAt) transmit(first);
  if (disconnectedAt) probe();
  if (first && !isInFlight) next();
  else publish();
}

// Reflex backs off to one attempt every two seconds, and browsers throttle sockets after failures.
// A plain request shows sooner that the server is back.
async function probe() {
  if (probing) return;
  probing = true;
  const signal = AbortSignal.timeout(IN_DOUBT_AFTER);
  const response = fetch("/health", { method: "HEAD", signal });
  if (await response.then(({ ok }) => ok, () => false)) reconnect();
  probing = false;
}

// 4. Status: `data-save-status` selects the status line that the page shows.

function saveStatus(commands, refused) {
  const waited = commands.length ? Date.now() - commands[0].at : 0;
  const disconnectedFor = disconnectedAt ? Date.now() - disconnectedAt : 0;
  const noReplyYet = !lastAlive && Date.now() - loadedAt > IN_DOUBT_AFTER;
  const offline = !navigator.onLine && (commands.length || disconnectedAt);
  if (offline || disconnectedFor > IN_DOUBT_AFTER) return "offline";
  if (disconnectedAt || noReplyYet) return "reconnecting";
  if (commands.length && inFlight?.postponed) return "postponed";
  if (waited > IN_DOUBT_AFTER) return "reconnecting";
  if (commands.length) return waited > SAVING_AFTER ? "saving" : "";
  if (refused.length) return "refused";
  return user() && saved ? "saved" : "";
}

const listeners = new Set();
let published = "";
let status = "";
let shown = { waiting: [], refused: [] };
let onPublish = () => {}; // what follows the queue without being a list of it

// For React's useSyncExternalStore: what waits without a reply, and what was refused.
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const snapshot = () => shown;

export function dismissRefusals() {
  refusals().forEach(({ key }) => remove(key));
  publish();
}

// For assets/immediate_actions.js.

export const follow = (callback) => (onPublish = callback);
export const countWaiting = () => waiting().length;
export const isConnected = () => !disconnectedAt;
export const isInDoubt = () => IN_DOUBT.includes(status);
export const declaration = (name) => declared[name];
export const transport = (...sent) => send(...sent);

export function discardWaiting() {
  waiting().forEach(discard);
  next();
}

function publish() {
  const [commands, refused] = [waiting(), refusals()];
  status = saveStatus(commands, refused);
  if (html.dataset.saveStatus !== status) html.dataset.saveStatus = status;
  storeStatus();
  showLists(isInDoubt() ? commands : [], refused);
  onPublish();
}

function showLists(delayed, refused) {
  const view = ({ key, subject, label, reason }) => ({ key, subject, label, reason });
  const lists = { waiting: delayed.map(view), refused: refused.map(view) };
  if (JSON.stringify(lists) === published) return;
  published = JSON.stringify(lists);
  shown = lists;
  for (const listener of listeners) listener();
}

// Called twice a second; a write costs as much as the rest of a check.
function storeStatus() {
  if (saved === storedSaved) return;
  storedSaved = saved;
  try {
    sessionStorage.setItem(STATUS_KEY, saved ? "saved" : "");
  } catch {
    // A reload shows no status.
  }
}

// The pages listen, and show what another tab has changed: assets/page_hooks/refresh.js.
function announceChange() {
  document.dispatchEvent(new Event("cme-claim-changed"));
}

// Another tab has stored a command, or the server has processed one of it.
function handleStorage({ key, newValue }) {
  if (key !== null && !key.startsWith(WAITING) && !key.startsWith(REFUSED)) return;
  next();
  if (!user() || newValue !== null || !key?.startsWith(`${WAITING}${user()}/`)) return;
  saved = !refusals().some((refused) => refused.key === key.replace(WAITING, REFUSED));
  publish();
  announceChange();
}

// Reflex reconnects when a page becomes visible; this event makes it reconnect at once.
function reconnect() {
  document.dispatchEvent(new Event("visibilitychange"));
}

// 5. Inputs of assets/reflex_bridge.js: transport, declarations of the commands, owner and whether
// the server confirmed it, messages of the server, and the state of the connection.

export const setTransport = (transport) => (send = transport);

export function declare(commands, valueWords) {
  declared = commands;
  words = valueWords;
}

// Commands of another attendee stay stored until that person signs in again.
export function setOwner(attendee, confirmed) {
  if (!attendee) return;
  if (attendee !== user()) owner = "";
  expectedOwner = attendee;
  if (!confirmed) return publish();
  owner = attendee;
  removeOthers();
  resume();
}

export const markAlive = () => (lastAlive = Date.now());

export function setConnected(connected) {
  disconnectedAt = connected ? 0 : disconnectedAt || Date.now();
  publish();
}

if (html) {
  const [navigation] = performance.getEntriesByType("navigation");
  saved = navigation?.type === "reload" && sessionStorage.getItem(STATUS_KEY) === "saved";
  addEventListener("online", reconnect);
  addEventListener("offline", publish);
  addEventListener("storage", handleStorage);
  setInterval(check, CHECK_INTERVAL);
}
