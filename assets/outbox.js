// What was tapped is kept here until the server has written it. Events that carry a command's id
// are kept, in the order of the taps and in sessionStorage, and sent one after the other; the
// server applies each once. It needs nothing of any library: assets/around.js puts it between
// the pages and the server.

const KEPT = "cme_outbox"; // in sessionStorage, which outlives a reload and a tab put away
const TOLD = "cme_told"; // there too: what was said last, for a page that loads anew to say again
const SLOW = 300; // ms within which nobody needs to be told that something is being saved
const LONG = 3000; // ms without an answer that put the connection in doubt
const AGAIN = 5000; // ms without an answer, after which a command is sent once more
const WATCH = 500; // ms between two looks at all of this
const TRIES = 12; // times that a server which does answer did not answer it, before it is given up

const html = globalThis.document?.documentElement;

let line = []; // what waits for its turn; the first is under way once it has `sent`
let whose = ""; // the attendee of this page, as the server names them
let owner = ""; // the same before it is heard of: whom the page was filled for
let send = () => {}; // the way to the server
let heard = 0; // when the server last said anything, in ms
const begins = Date.now();
let cut = 0; // since when Reflex knows that there is no connection, in ms; 0: there is one
let knocking = false; // whether it is being asked if a server that was away is there
let told = ""; // what the page says of all this, once there is something to say
const lost = new Set(); // what was given up, until the same is done after all
let pause = 0;

// 1. Taps.

// For every event of every page, in the place of `send`.
export function through(events, args, actions) {
  const [event] = [events].flat();
  if (event?.payload?.command) return keep(event, args?.[0]);
  // What was clicked after a command comes to the server after it: Submit with the last answer.
  if (line.length && ["click", "submit"].includes(args?.[0]?.type))
    return wait(() => send(events, args, actions));
  return send(events, args, actions);
}

function keep({ name, payload, event_actions: actions }, tap) {
  const last = line.at(-1);
  const about = JSON.stringify([name, ...Object.values(payload).slice(0, -2)]);
  // A text that is still being typed goes on being the same command.
  if (last?.about === about && last.typing && !last.sent) line.pop();
  const button = tap?.target?.closest?.("[data-cme-pending]");
  if (button) button.dataset.kept = "";
  const event = { name, payload, event_actions: {} };
  line.push({ event, about, whose: owner, button, typing: actions?.debounce, at: Date.now(), tries: 0 });
  next();
}

function wait(run) {
  line.push({ run, at: Date.now() });
}

// 2. The line: one command is under way, the others wait, so that their order is the taps'.

function next() {
  const [first] = line;
  clearTimeout(pause);
  if (first?.run) {
    line.shift();
    // What waited for a connection is not done behind anybody's back.
    if (Date.now() - first.at < LONG) first.run();
    return next();
  }
  if (first && whose && !first.sent) {
    const rest = line.length > 1 ? 0 : first.at + (first.typing ?? 0) - Date.now();
    if (rest > 0) pause = setTimeout(next, rest);
    else go(first);
  }
  save();
}

function go(first) {
  // Silence is the network's; only a server that speaks of other things has not taken it.
  if (first.sent && heard > first.sent) first.tries += 1;
  first.sent = Date.now();
  if (first.tries < TRIES) return send([first.event], [], {});
  unmark(first);
  lost.add(line.shift().about);
  told = "failed";
  next();
}

export function settle(applied, refused) {
  const at = line.findIndex(({ event }) => event?.payload.command === applied);
  if (at < 0) return;
  for (const done of line.splice(0, at + 1)) {
    unmark(done);
    lost.delete(done.about);
  }
  told = refused ? "" : lost.size ? "failed" : "saved"; // why it was refused, the page says
  next();
}

function unmark({ button }) {
  delete button?.dataset.kept;
}

function save() {
  const kept = line.filter(({ event }) => event);
  const words = kept.map(({ event, about, whose }) => ({ event, about, whose, at: 0, tries: 0 }));
  if (kept.length) sessionStorage.setItem(KEPT, JSON.stringify(words));
  else sessionStorage.removeItem(KEPT);
  sessionStorage.setItem(TOLD, told);
  tell();
}

// A new connection, or a page that has just loaded: what is not answered goes once more.
export function arrive() {
  if (!whose) return;
  // What somebody else left in this tab is nobody's business.
  line = line.filter((each) => each.run || each.whose === whose);
  if (line[0]?.sent) go(line[0]);
  next();
}

function watch() {
  const [first] = line;
  if (first?.sent && !cut && Date.now() - first.sent > AGAIN) go(first);
  if (cut) knock();
  tell();
}

// Reflex tries again ever more seldom, at last every two seconds, and browsers hold back a socket
// that failed often. An ordinary request is quick, and tells when there is somebody to connect to.
async function knock() {
  if (knocking) return;
  knocking = true;
  const asked = fetch("/health", { method: "HEAD", signal: AbortSignal.timeout(LONG) });
  if (await asked.then(({ ok }) => ok, () => false)) wake();
  knocking = false;
}

// 3. What is true at this moment, for the page to say: `data-outbox` shows one of its lines.

function tell() {
  const waited = line.length ? Date.now() - (line[0].at || 1) : 0;
  const away = cut ? Date.now() - cut : 0;
  const unheard = !heard && Date.now() - begins > LONG; // a page that no server has spoken to yet
  const offline = !navigator.onLine && (line.length || cut);
  if (offline || away > LONG) html.dataset.outbox = "offline";
  else if (cut || unheard || waited > LONG) html.dataset.outbox = "reconnecting";
  else if (line.length) html.dataset.outbox = waited > SLOW ? "saving" : "";
  else html.dataset.outbox = told;
}

// Reflex connects again when a page becomes visible; the network's return is as good a reason.
function wake() {
  document.dispatchEvent(new Event("visibilitychange"));
}

// "Save & Log Out" logs out when all is saved.
function leave(event) {
  if (!line.length || event.target.method !== "post") return;
  event.preventDefault();
  event.stopPropagation();
  wait(() => event.target.requestSubmit());
}

// 4. What the outbox is told: how to reach the server, who is signed in on this page, whether the
// server knows that too, when it says anything, and whether there is a connection.

export const sends = (way) => (send = way);

export function belongs(attendee, known) {
  owner = attendee;
  if (!known || !attendee) return;
  whose = attendee;
  arrive();
}

export const hear = () => (heard = Date.now());

export function connected(is) {
  cut = is ? 0 : cut || Date.now();
  tell();
}

if (html) {
  line = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type === "reload") told = sessionStorage.getItem(TOLD) ?? "";
  addEventListener("online", wake);
  addEventListener("offline", tell);
  addEventListener("submit", leave, true);
  setInterval(watch, WATCH);
}
