// What was tapped is kept here until the server has written it. Two React components that the
// built application takes in: Hold stands between the server's answers and the pages, Outbox
// between the pages and the server. Events that carry a command's id are kept, in the order of
// the taps and in sessionStorage, and sent one after the other; the server applies each once.

import { createElement, Fragment, useContext, useEffect, useMemo } from "react";
import { DispatchContext, EventLoopContext, eventLoop } from "$/utils/context-registry";
import { defaults } from "$/public/filled.js";

const KEPT = "cme_outbox"; // in sessionStorage, which outlives a reload and a tab put away
const SLOW = 300; // ms within which nobody needs to be told that something is being saved
const LONG = 3000; // ms without an answer that put the connection in doubt
const AGAIN = 5000; // ms without an answer, after which a command is sent once more
const TRIES = 12; // times that a server which does answer did not answer it, before it is given up
const HELD = 5000; // ms that answers are held at most

const html = globalThis.document?.documentElement;

let line = []; // what waits for its turn; the first is under way once it has `sent`
let whose = ""; // the attendee of this page, as the server names them
let owner = ""; // the same before it is heard of: whom the page was filled for
let send = () => {}; // Reflex's own way to the server
let heard = 0; // when the server last said anything, in ms
const begins = Date.now();
let cut = 0; // since when Reflex knows that there is no connection, in ms; 0: there is one
let told = ""; // what the page says of all this, once there is something to say
let pause = 0;

// 1. Taps.

// In the place of Reflex's `addEvents`, for every event of every page.
function through(events, args, actions) {
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
  unmark(line.shift());
  told = "failed";
  next();
}

function settle(applied) {
  const at = line.findIndex(({ event }) => event?.payload.command === applied);
  if (at < 0) return;
  told = "saved";
  line.splice(0, at + 1).forEach(unmark);
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
  tell();
}

// A new connection, or a page that has just loaded: what is not answered goes once more.
function arrive() {
  if (!whose) return;
  // What somebody else left in this tab is nobody's business.
  line = line.filter((each) => each.run || each.whose === whose);
  if (line[0]?.sent) go(line[0]);
  next();
}

function watch() {
  const [first] = line;
  if (first?.sent && !cut && Date.now() - first.sent > AGAIN) go(first);
  tell();
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

// 4. What was done on a page that came filled, before anybody listened: what was typed and chosen
// goes into the address, from which the page loads, and what was tapped is tapped once more.

function ask() {
  const asked = new URLSearchParams(location.search);
  for (const field of document.querySelectorAll("[data-cme-asks]")) {
    const { cmeAsks, chosen } = field.dataset;
    const value = field.matches("select") ? chosen : field.value;
    const kept = field.type !== "radio" || (field.checked && !field.defaultChecked);
    if (value && kept) asked.set(cmeAsks, value);
  }
  if (asked.size) history.replaceState(history.state, "", `?${asked}${location.hash}`);
}

function listen() {
  ask();
  html.dataset.listens = "";
  for (const tapped of document.querySelectorAll("[data-early]")) {
    delete tapped.dataset.early;
    tapped.click();
  }
}

export function Outbox({ applied, attendee, hydrated, children }) {
  const [addEvents, errors] = useContext(EventLoopContext);
  send = addEvents;
  // Reflex puts its own there each time it renders what is around this component.
  eventLoop.addEvents = through;
  useEffect(() => settle(applied), [applied]);
  useEffect(() => {
    owner = attendee;
    if (!hydrated || !attendee) return;
    whose = attendee;
    arrive();
  }, [attendee, hydrated]);
  useEffect(listen, []); // before the effect around it, which tells the server the address
  useEffect(() => {
    cut = errors.length ? cut || Date.now() : 0;
    tell();
  }, [errors]);
  return createElement(Fragment, null, children);
}

// 5. A server that does not know this tab any more answers with an empty page first and with
// what is on it after. Only both together are shown, so that nobody loses their place. A page that
// came filled is one that the server does not know yet, and of which it leaves out the defaults.

let held = null;
let begun = Object.keys(defaults).length > 0;
let limit = 0;

function release(dispatch) {
  const deltas = held ?? {};
  held = null;
  clearTimeout(limit);
  for (const [name, delta] of Object.entries(deltas)) dispatch[name](delta);
  arrive();
}

function take(dispatch, name, delta) {
  heard = Date.now();
  const hydrated = delta.is_hydrated_rx_state_;
  if (hydrated === false && begun && !held) {
    held = { ...defaults };
    limit = setTimeout(release, HELD, dispatch);
  }
  begun ||= hydrated === true;
  if (!held) return dispatch[name](delta);
  held[name] = { ...held[name], ...delta };
  if (hydrated === true) release(dispatch);
}

export function Hold({ children }) {
  const dispatch = useContext(DispatchContext);
  const patient = useMemo(() => {
    const one = (name) => [name, (delta) => take(dispatch, name, delta)];
    return Object.fromEntries(Object.keys(dispatch).map(one));
  }, [dispatch]);
  return createElement(DispatchContext.Provider, { value: patient }, children);
}

if (html) {
  line = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  addEventListener("online", wake);
  addEventListener("offline", tell);
  addEventListener("submit", leave, true);
  setInterval(watch, 500);
}
