// The command queue: events that carry a command's id are kept, in the order of the taps and in
// sessionStorage, until the server has carried them out, and are sent one after the other; the
// server applies each once. It needs nothing of any library: assets/reflex_bridge.js puts it
// between the pages and the server.

const STORAGE_KEY = "cme_command_queue"; // in sessionStorage, which outlives a reload
const STATUS_KEY = "cme_save_status"; // there too: the last status, for a page that is reloaded
const SAVING_AFTER = 300; // ms within which nobody needs to be told that something is being saved
const IN_DOUBT_AFTER = 3000; // ms without an answer that put the connection in doubt
const RETRY_AFTER = 5000; // ms without an answer, after which a command is sent once more
const CHECK_EVERY = 500; // ms between two checks of all of this
const MAX_TRIES = 12; // times that a server which does answer did not answer a command

const html = globalThis.document?.documentElement;

let queue = []; // what waits for its turn; the first is under way once it has `sent`
let owner = ""; // the attendee of this page, as the server names them
let expectedOwner = ""; // the same before the server has spoken: whom the page was filled for
let send = () => {}; // the way to the server
let lastAlive = 0; // when the server last said anything, in ms
const loadedAt = Date.now();
let disconnectedAt = 0; // when Reflex lost the connection, in ms; 0: there is one
let probing = false; // whether it is being asked if a server that was away is there
let status = ""; // what the page says once the queue is empty
const dropped = new Set(); // the targets of commands given up, until the same is done after all
let timer = 0;

// 1. Taps.

// For every event of every page, in the place of `send`.
export function intercept(events, args, actions) {
  const [event] = [events].flat();
  if (event?.payload?.command) return enqueue(event, args?.[0]);
  // What was clicked after a command comes to the server after it: Submit with the last answer.
  if (queue.length && ["click", "submit"].includes(args?.[0]?.type))
    return defer(() => send(events, args, actions));
  return send(events, args, actions);
}

function enqueue({ name, payload, event_actions: actions }, tap) {
  const last = queue.at(-1);
  const target = JSON.stringify([name, ...Object.values(payload).slice(0, -2)]);
  // A text that is still being typed goes on being the same command.
  if (last?.target === target && last.debounce && !last.sent) queue.pop();
  const button = tap?.target?.closest?.("[data-cme-pending]");
  if (button) button.dataset.unsaved = "";
  const event = { name, payload, event_actions: {} };
  const debounce = actions?.debounce;
  queue.push({ event, target, owner: expectedOwner, button, debounce, at: Date.now(), tries: 0 });
  next();
}

function defer(run) {
  queue.push({ run, at: Date.now() });
}

// 2. The queue: one command is under way, the others wait, so that their order is the taps'.

function next() {
  const [first] = queue;
  clearTimeout(timer);
  if (first?.run) {
    queue.shift();
    // What waited for a connection is not done behind anybody's back.
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
  // Silence is the network's; only a server that speaks of other things has not taken it.
  if (first.sent && lastAlive > first.sent) first.tries += 1;
  first.sent = Date.now();
  if (first.tries < MAX_TRIES) return send([first.event], [], {});
  unmark(first);
  dropped.add(queue.shift().target);
  status = "failed";
  next();
}

export function settle(applied, refused) {
  const at = queue.findIndex(({ event }) => event?.payload.command === applied);
  if (at < 0) return;
  for (const done of queue.splice(0, at + 1)) {
    unmark(done);
    dropped.delete(done.target);
  }
  status = refused ? "" : dropped.size ? "failed" : "saved"; // why it was refused, the page says
  next();
}

function unmark({ button }) {
  delete button?.dataset.unsaved;
}

function store() {
  const commands = queue.filter(({ event }) => event);
  const kept = ({ event, target, owner }) => ({ event, target, owner, at: 0, tries: 0 });
  const stored = commands.map(kept);
  if (stored.length) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(stored));
  else sessionStorage.removeItem(STORAGE_KEY);
  sessionStorage.setItem(STATUS_KEY, status);
  showStatus();
}

// A new connection, or a page that has just loaded: what is not answered goes once more.
export function resume() {
  if (!owner) return;
  // What somebody else left in this tab is nobody's business.
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

// Reflex tries again ever more seldom, at last every two seconds, and browsers hold back a socket
// that failed often. An ordinary request is quick, and tells when there is somebody to connect to.
async function probe() {
  if (probing) return;
  probing = true;
  const asked = fetch("/health", { method: "HEAD", signal: AbortSignal.timeout(IN_DOUBT_AFTER) });
  if (await asked.then(({ ok }) => ok, () => false)) reconnect();
  probing = false;
}

// 3. What is true at this moment, for the page to say: `data-save-status` shows one of its lines.

function showStatus() {
  const waited = queue.length ? Date.now() - (queue[0].at || 1) : 0;
  const away = disconnectedAt ? Date.now() - disconnectedAt : 0;
  const unheard = !lastAlive && Date.now() - loadedAt > IN_DOUBT_AFTER; // no server has spoken yet
  const offline = !navigator.onLine && (queue.length || disconnectedAt);
  if (offline || away > IN_DOUBT_AFTER) html.dataset.saveStatus = "offline";
  else if (disconnectedAt || unheard || waited > IN_DOUBT_AFTER)
    html.dataset.saveStatus = "reconnecting";
  else if (queue.length) html.dataset.saveStatus = waited > SAVING_AFTER ? "saving" : "";
  else html.dataset.saveStatus = status;
}

// Reflex connects again when a page becomes visible; the network's return is as good a reason.
function reconnect() {
  document.dispatchEvent(new Event("visibilitychange"));
}

// "Save & Log Out" logs out when all is saved.
function deferSubmit(event) {
  if (!queue.length || event.target.method !== "post") return;
  event.preventDefault();
  event.stopPropagation();
  defer(() => event.target.requestSubmit());
}

// 4. What the queue is told: how to reach the server, who is signed in on this page, whether the
// server knows that too, when it says anything, and whether there is a connection.

export const setTransport = (transport) => (send = transport);

export function setOwner(attendee, known) {
  expectedOwner = attendee;
  if (!known || !attendee) return;
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
  setInterval(check, CHECK_EVERY);
}
