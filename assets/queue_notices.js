// Lists of the command queue: the changes that wait for the server, and those that it refused.
// Elements have classes of assets/components.css.

import { createElement, useSyncExternalStore } from "react";
import * as queue from "$/public/command_queue.js";

const NOTHING = { waiting: [], refused: [] }; // in the page as it was built

const counted = ({ one, other }, count) => (count === 1 ? one : other).replace("{count}", count);

function change({ key, subject, label, reason }) {
  const about = subject && createElement("span", { className: "queue-subject" }, subject);
  const why = reason && createElement("span", null, reason);
  return createElement("li", { key }, about, label && createElement("span", null, label), why);
}

export function QueueNotices({ texts }) {
  const { waiting, refused } = useSyncExternalStore(queue.subscribe, queue.snapshot, () => NOTHING);
  const button = { type: "button", className: "queue-dismiss", onClick: queue.dismissRefusals };
  const refusals = refused.length > 0 && [
    createElement("p", { key: "title", className: "queue-title" }, counted(texts.refused, refused.length)),
    createElement("ul", { key: "list", role: "list" }, refused.map(change)),
    createElement("button", { key: "dismiss", ...button }, texts.dismiss),
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
  );
}
