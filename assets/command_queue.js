// Command queue: stores events that have a command id, in order and in sessionStorage, until the
// server has processed them. It sends one at a time; the server applies each command once.
// It depends on no library: assets/reflex_bridge.js connects it to the pages and the server.

const STORAGE_KEY = "cme_command_queue"; // in sessionStorage, which survives a reload
const STATUS_KEY = "cme_save_status"; // the last status, also in sessionStorage, for a reload
const SAVING_AFTER = 300; // ms before "Saving" is shown
const IN_DOUBT_AFTER = 3000; // ms without a reply before the connection is in doubt
const RETRY_AFTER = 5000; // ms without a reply before a command is sent again
const CHECK_INTERVAL = 500; // ms
const MAX_TRIES = 12; // attempts without a reply, from a server that is otherwise alive

const html = globalThis.document?.documentElement;

let queue = []; // pending commands; the first is in flight if it has `sent`
let owner = ""; // id of this page's attendee, confirmed by the server
let expectedOwner = ""; // the id in the page's initial state, before the server's first reply
let send = () => {}; // sends events to the server
let lastAlive = 0; // time of the server's last message, in ms
const loadedAt = Date.now();
let disconnectedAt = 0; // time at which Reflex lost the connection, in ms; 0 if connected
let probing = false; // whether a probe of the server is in flight
let status = ""; // save status to show while the queue is empty
const dropped = new Set(); // targets of abandoned commands, until a later one to them succeeds
let timer = 0;

// 1. Events of the pages.

// Replaces `send` for all events of all pages.
export function intercept(events, args, actions) {
  const [event] = [events].flat();
  if (event?.payload?.command) return enqueue(event, args?.[0]);
  // A click after a command is sent after it, such as Submit after the last answer.
  if (queue.length && ["click", "submit"].includes(args?.[0]?.type))
    return defer(() => send(events, args, actions));
  return send(events, args, actions);
}

function enqueue({ name, payload, event_actions: actions }, domEvent) {
  const last = queue.at(-1);
  const target = JSON.stringify([name, ...Object.values(payload).slice(0, -2)]);
  // Further input in a text field replaces its unsent command.
  if (last?.target === target && last.debounce && !last.sent) queue.pop();
  const button = domEvent?.target?.closest?.("[data-cme-pending]");
  if (button) button.dataset.unsaved = "";
  const event = { name, payload, event_actions: {} };
  const debounce = actions?.debounce;
  queue.push({ event, target, owner: expectedOwner, button, debounce, at: Date.now(), tries: 0 });
  next();
}

function defer(run) {
  queue.push({ run, at: Date.now() });
}

// 2. The queue: one command is in flight at a time, which preserves the order of the taps.

function next() {
  const [first] = queue;
  clearTimeout(timer);
  if (first?.run) {
    queue.shift();
    // A deferred action that has waited too long is dropped: it would surprise the attendee.
    if (Date.now() - first.at < IN_DOUBT_AFTER) first.run();
    return next();
  }
  if (first && owner && !first.sent) {
    const rest = queue.length > 1 ? 0 : first.at + (first.debounce ?? 0) - Date.now();
    if (rest > 0) timer = setTimeout(next, rest);
    else transmit(first);
  }
  store();
}

function transmit(first) {
  // An attempt counts only if the server has sent something since; else the network is at fault.
  if (first.sent && lastAlive > first.sent) first.tries += 1;
  first.sent = Date.now();
  if (first.tries < MAX_TRIES) return send([first.event], [], {});
  unmark(first);
  dropped.add(queue.shift().target);
  status = "failed";
  next();
}

export function settle(applied, refused) {
  const index = queue.findIndex(({ event }) => event?.payload.command === applied);
  if (index < 0) return;
  for (const settled of queue.splice(0, index + 1)) {
    unmark(settled);
    dropped.delete(settled.target);
  }
  status = refused ? "" : dropped.size ? "failed" : "saved"; // the page shows why
  next();
}

function unmark({ button }) {
  delete button?.dataset.unsaved;
}

function store() {
  const commands = queue.filter(({ event }) => event);
  const toStored = ({ event, target, owner }) => ({ event, target, owner, at: 0, tries: 0 });
  const stored = commands.map(toStored);
  if (stored.length) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(stored));
  else sessionStorage.removeItem(STORAGE_KEY);
  sessionStorage.setItem(STATUS_KEY, status);
  showStatus();
}

// After a reconnection or a page load: send the unanswered command again.
export function resume() {
  if (!owner) return;
  // Discard the commands of another attendee who used this tab before.
  queue = queue.filter((each) => each.run || each.owner === owner);
  if (queue[0]?.sent) transmit(queue[0]);
  next();
}

function check() {
  const [first] = queue;
  if (first?.sent && !disconnectedAt && Date.now() - first.sent > RETRY_AFTER) transmit(first);
  if (disconnectedAt) probe();
  showStatus();
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

// 3. Status: `data-save-status` selects the status line that the page shows.

function showStatus() {
  const waited = queue.length ? Date.now() - (queue[0].at || 1) : 0;
  const disconnectedFor = disconnectedAt ? Date.now() - disconnectedAt : 0;
  const noReplyYet = !lastAlive && Date.now() - loadedAt > IN_DOUBT_AFTER;
  const offline = !navigator.onLine && (queue.length || disconnectedAt);
  if (offline || disconnectedFor > IN_DOUBT_AFTER) html.dataset.saveStatus = "offline";
  else if (disconnectedAt || noReplyYet || waited > IN_DOUBT_AFTER)
    html.dataset.saveStatus = "reconnecting";
  else if (queue.length) html.dataset.saveStatus = waited > SAVING_AFTER ? "saving" : "";
  else html.dataset.saveStatus = status;
}

// Reflex reconnects when a page becomes visible; this event makes it reconnect at once.
function reconnect() {
  document.dispatchEvent(new Event("visibilitychange"));
}

// "Save & Log Out" waits until the queue is empty.
function deferSubmit(event) {
  if (!queue.length || event.target.method !== "post") return;
  event.preventDefault();
  event.stopPropagation();
  defer(() => event.target.requestSubmit());
}

// 4. Inputs of assets/reflex_bridge.js: transport, owner and whether the server confirmed it,
// messages of the server, and the state of the connection.

export const setTransport = (transport) => (send = transport);

export function setOwner(attendee, confirmed) {
  expectedOwner = attendee;
  if (!confirmed || !attendee) return;
  owner = attendee;
  resume();
}

export const markAlive = () => (lastAlive = Date.now());

export function setConnected(connected) {
  disconnectedAt = connected ? 0 : disconnectedAt || Date.now();
  showStatus();
}

if (html) {
  queue = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "[]");
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type === "reload") status = sessionStorage.getItem(STATUS_KEY) ?? "";
  addEventListener("online", reconnect);
  addEventListener("offline", showStatus);
  addEventListener("submit", deferSubmit, true);
  setInterval(check, CHECK_INTERVAL);
}
