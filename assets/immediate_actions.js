// Immediate actions, such as Submit and Log Out: done only while the attendee waits for them. One is
// sent once, after the commands that were tapped before it, and is never stored or sent again by
// itself: who attests has the page in sight. What keeps it from being done is said beside it
// (assets/queue_notices.js), and then it can be tapped again.

import * as queue from "$/public/command_queue.js";

const SHOWN_AFTER = 300; // ms before it is said that an action waits
const WAIT_LIMIT = 3000; // ms for the commands before an action, and for its reply

// The last action: its id, label and page, how to do it, since when it waits, whether it was sent,
// and `notice`, which says why it is not done. `asks` offers a choice instead of giving up.
let action = null;
let isPassing = false; // a form that may be submitted is

// Replaces the queue's function for all events of all pages.
export function intercept(events, args, actions) {
  const [event] = [events].flat();
  const { immediate, label } = queue.declaration(event?.name) ?? {};
  if (!immediate) return queue.intercept(events, args, actions);
  const run = () => queue.transport(events, args, actions);
  start({ id: event.payload.command, label: labelOf(args?.[0]?.nativeEvent) || label, run });
}

// The label of the button that submits a form.
const labelOf = (event) => event?.submitter?.textContent ?? "";

function start(started) {
  const isRepeated = action && action.label === started.label && ["", "waits"].includes(action.notice);
  if (isRepeated) return;
  action = { ...started, page: location.pathname, at: Date.now(), isSent: false, notice: "" };
  proceed();
}

// Called at each change of the queue, and twice a second.
function proceed() {
  if (!action) return publish();
  if (location.pathname !== action.page) leave();
  else if (action.isSent) expectReply();
  else if (action.notice === "" || action.notice === "waits") sendOrWait();
  else if (["unsaved", "offline"].includes(action.notice) && isReady()) action.notice = "ready";
  publish();
}

const isReady = () => queue.isConnected() && !queue.countWaiting();
const waited = () => Date.now() - action.at;

function leave() {
  const isLost = !action.isSent && ["", "waits"].includes(action.notice);
  action = isLost ? { ...action, page: location.pathname, notice: "left" } : null;
}

function expectReply() {
  if (!action.notice && waited() > WAIT_LIMIT) action.notice = "unanswered";
}

function sendOrWait() {
  if (isReady()) return send();
  if (action.isPatient) action.notice = "waits";
  else if (queue.isInDoubt() || waited() > WAIT_LIMIT) giveUp();
  else if (waited() > SHOWN_AFTER) action.notice = "waits";
}

function giveUp() {
  if (action.asks && queue.countWaiting()) action.notice = "asks";
  else action.notice = queue.countWaiting() ? "unsaved" : "offline";
}

function send() {
  Object.assign(action, { isSent: true, at: Date.now(), notice: "" });
  action.run();
}

// The server's reply. What a rule refuses is said by the page.
export function settle(id, outcome) {
  if (!action?.isSent || action.id !== id) return;
  action = outcome === "postponed" ? { ...action, isSent: false, notice: "failed" } : null;
  publish();
}

// Log Out: a form that the browser posts.

function holdSubmit(event) {
  if (isPassing || event.target.method !== "post" || !queue.countWaiting()) return;
  event.preventDefault();
  event.stopPropagation();
  const run = () => {
    action = null;
    isPassing = true;
    event.target.requestSubmit();
  };
  start({ label: labelOf(event), run, asks: true });
}

export function waitUntilSaved() {
  Object.assign(action, { isPatient: true, notice: "waits" });
  proceed();
}

export function discardAndRun() {
  const { run } = action;
  action = null;
  queue.discardWaiting();
  run();
}

export function dismiss() {
  action = null;
  publish();
}

// For React's useSyncExternalStore: what is said of the action.

const listeners = new Set();
let shown = null;

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const snapshot = () => shown;

function publish() {
  const { notice, label, asks } = action ?? {};
  if ((notice || "") === (shown?.notice ?? "") && label === shown?.label) return;
  if (!notice && !shown) return;
  shown = notice ? { notice, label, asks, count: queue.countWaiting() } : null;
  for (const listener of listeners) listener();
}

if (globalThis.document) {
  queue.follow(proceed);
  addEventListener("submit", holdSubmit, true);
}
