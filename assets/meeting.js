// Facts of the meeting, by the names of MeetingView in services/meetings/meeting_view.py. The build
// knows no meeting: it renders a placeholder for each fact, in the syntax of Jinja with ⟦ ⟧ as
// delimiters. The server renders the templates, and writes the same facts into the page as JSON.

import { createElement, useSyncExternalStore } from "react";

const BUILDING = import.meta.env.SSR;
const placeholders = new Proxy({}, { get: (_, name) => `⟦ meeting.${String(name)} ⟧` });
const written = globalThis.document?.getElementById("cme-meeting");

const facts = written ? JSON.parse(written.textContent) : placeholders;
// React Router's own links begin with this.
if (written) globalThis.__reactRouterContext.basename = facts.base;

const subscribe = () => () => {};

export function useMeeting() {
  return useSyncExternalStore(subscribe, () => facts, () => facts);
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
