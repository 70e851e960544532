// Facts of the meeting, by the names of MeetingView in services/meetings/meeting_view.py. The build
// knows no meeting: it renders a placeholder for each fact, in the syntax of Jinja with ⟦ ⟧ as
// delimiters. The server renders the templates, and writes the same facts into the page as JSON.
//
// A page that stays open gets the facts of a newer version with the server's next reply, when it
// becomes visible, and each minute while it is.

import { createElement, useSyncExternalStore } from "react";

const BUILDING = import.meta.env.SSR;
const INTERVAL = 60_000; // ms

const placeholders = new Proxy({}, { get: (_, name) => `⟦ meeting.${String(name)} ⟧` });
const written = globalThis.document?.getElementById("cme-meeting");
const listeners = new Set();

let facts = placeholders;

if (written) {
  facts = JSON.parse(written.textContent);
  // React Router's own links begin with this.
  globalThis.__reactRouterContext.basename = facts.base;
  addEventListener("visibilitychange", updateIfVisible);
  setInterval(updateIfVisible, INTERVAL);
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useMeeting() {
  return useSyncExternalStore(subscribe, () => facts, () => facts);
}

// The server has replied with this version of the meeting.
export function sawVersion(version) {
  if (version && version !== facts.version) update();
}

function updateIfVisible() {
  if (document.visibilityState === "visible") update();
}

async function update() {
  // Without a connection the page goes on with what it has.
  const reply = await fetch(facts.source, { cache: "no-cache" }).catch(() => null);
  if (!reply?.ok) return;
  const newest = await reply.json();
  if (newest.version === facts.version) return;
  facts = newest;
  const { style } = document.documentElement;
  style.setProperty("--accent-light", facts.accent);
  style.setProperty("--accent-dark", facts.accent_dark);
  for (const listener of listeners) listener();
}

// The children, if the meeting has a fact, or with `absent` if it does not have it.
export function WhenFact({ name, absent, children }) {
  const meeting = useMeeting();
  if (BUILDING) {
    const condition = `${absent ? "not " : ""}meeting.${name}`;
    return [`⟦% if ${condition} %⟧`, children, "⟦% endif %⟧"];
  }
  return Boolean(meeting[name]) === absent ? null : children;
}

export function EachParagraph({ name }) {
  const meeting = useMeeting();
  if (BUILDING) {
    const one = createElement("p", { key: name }, "⟦ paragraph ⟧");
    return [`⟦% for paragraph in meeting.${name} %⟧`, one, "⟦% endfor %⟧"];
  }
  return meeting[name].map((paragraph, at) => createElement("p", { key: at }, paragraph));
}
