// Notices beside the page's actions: the changes that wait for the server, those that it refused,
// and why an action such as Submit is not done. Elements have classes of assets/components.css.

import { createElement, useEffect, useRef, useSyncExternalStore } from "react";
import * as queue from "$/public/command_queue.js";
import * as actions from "$/public/immediate_actions.js";

const NOTHING = { waiting: [], refused: [] }; // in the page as it was built

const counted = ({ one, other }, count) => (count === 1 ? one : other).replace("{count}", count);

function button(label, onClick) {
  return createElement("button", { key: label, type: "button", className: "queue-button", onClick }, label);
}

function change({ key, subject, label, reason }) {
  const about = subject && createElement("span", { className: "queue-subject" }, subject);
  const why = reason && createElement("span", null, reason);
  return createElement("li", { key }, about, label && createElement("span", null, label), why);
}

// What is said of an action: a sentence, and for Log Out the choices.
function ActionNotice({ texts }) {
  const action = useSyncExternalStore(actions.subscribe, actions.snapshot, () => null);
  const element = useRef(null);
  const asks = action?.notice === "asks";
  useEffect(() => void (asks && element.current.focus()), [asks]);
  const { notice, label, count } = action ?? {};
  const said = asks ? counted(texts.asks, count) : texts[notice]?.replace("{action}", label);
  const choices = [
    asks && button(texts.later, actions.waitUntilSaved),
    asks && button(texts.discard, actions.discardAndRun),
    action?.asks && button(texts.stay, actions.dismiss),
  ];
  const content = action && [
    createElement("p", { key: "said", className: "queue-title" }, said),
    choices.some(Boolean) && createElement("div", { key: "choices", className: "queue-choices" }, choices),
  ];
  const live = { "aria-live": "assertive", className: "queue-action", ref: element, tabIndex: -1 };
  return createElement("div", live, content);
}

export function QueueNotices({ texts }) {
  const { waiting, refused } = useSyncExternalStore(queue.subscribe, queue.snapshot, () => NOTHING);
  const refusals = refused.length > 0 && [
    createElement("p", { key: "title", className: "queue-title" }, counted(texts.refused, refused.length)),
    createElement("ul", { key: "list", role: "list" }, refused.map(change)),
    button(texts.dismiss, queue.dismissRefusals),
  ];
  const list = waiting.length > 0 && [
    createElement("summary", { key: "count" }, counted(texts.waiting, waiting.length)),
    createElement("ol", { key: "list", role: "list" }, waiting.map(change)),
  ];
  return createElement(
    "div",
    { className: "queue-notices" },
    createElement("div", { "aria-live": "assertive", className: "queue-refused" }, refusals),
    list && createElement("details", { className: "queue-waiting" }, list),
    createElement(ActionNotice, { texts }),
  );
}
