// A page that comes with its first screen: the server has written into it what the state will say,
// as HTML and as values. In the browser the state begins with those values, so that React finds
// what it would have made itself. At the build Filled has React render the page once for each
// shape that it can have, with ⟪names⟫ where web/filled_page.py will put words.

import { createElement } from "react";
import { app, StateStoreContext } from "$/utils/context-registry";
import { initialState } from "$/utils/context";

// What the server takes the state of a filled page to be until it says otherwise.
export const defaults = {};

const given = globalThis.document?.getElementById("cme-filled");
for (const [name, values] of Object.entries(JSON.parse(given?.textContent ?? "{}"))) {
  defaults[name] = initialState[name];
  initialState[name] = { ...initialState[name], ...values };
}

// What was done before anybody listened: what was typed and chosen goes into the address, from
// which the page loads, and what was tapped is tapped once more.

function ask() {
  const asked = new URLSearchParams(location.search);
  for (const field of document.querySelectorAll("[data-cme-query-field]")) {
    const { cmeQueryField, chosen } = field.dataset;
    const value = field.matches("select") ? chosen : field.value;
    const kept = field.type !== "radio" || (field.checked && !field.defaultChecked);
    if (value && kept) asked.set(cmeQueryField, value);
  }
  if (asked.size) history.replaceState(history.state, "", `?${asked}${location.hash}`);
}

export function listen() {
  ask();
  document.documentElement.dataset.hydrated = "";
  for (const tapped of document.querySelectorAll("[data-queued]")) {
    delete tapped.dataset.queued;
    tapped.click();
  }
}

// After the first template stands the page as it is without values. The build cuts the others out.
function Filled({ name, children }) {
  if (!import.meta.env.SSR) return children;
  const rendered = shapes().map((state, key) => {
    const getSnapshot = (asked) => ({ ...initialState[asked], ...(asked === name && state) });
    const value = { getSnapshot, subscribe: () => () => {} };
    const page = createElement(StateStoreContext, { value }, children);
    return createElement("template", { key, "data-filled": "shape" }, page);
  });
  const begin = createElement("template", { key: "begin", "data-filled": "page" });
  return [begin, children, ...rendered];
}

// Where pages find it without a file of their own to load.
app.Filled = Filled;

const word = (name) => `⟪${name}⟫`;
// A number that is more than one, whatever it will be.
const several = (name) => ({ [Symbol.toPrimitive]: (to) => (to === "number" ? 2 : word(name)) });

// In the order in which state/first_screen.py counts them, pages as well as rows.
function shapes() {
  return ["", word("locked")].flatMap((locked) =>
    [0, 1, several("conflicts")].map((conflicts) => shape(locked, conflicts)),
  );
}

function shape(locked, conflicts) {
  const totals = { conflicts };
  for (const name of ["sessions", "amount", "of", "percent", "why"]) totals[name] = word(name);
  const rows = Array.from({ length: 48 }, (_, id) => row(id));
  const state = {
    ready: true,
    locked,
    totals,
    matches: several("matches"),
    found: word("found"),
    days: choices("day"),
    kinds: choices("kind"),
    credits: choices("credit"),
    slot_a: rows,
    rows_after: several("rows_after"),
    heads_after: several("heads_after"),
    in_conflict: rows.filter(({ id }) => id & 4).map(({ id }) => id),
    added: rows.filter(({ id }) => id & 16).map(({ id }) => id),
  };
  return Object.fromEntries(Object.entries(state).map(([key, value]) => [`${key}_rx_state_`, value]));
}

// The first is for all of them and is chosen.
function choices(name) {
  return ["", word(name)].map((value) => ({ value, label: word(`${name}_label`) }));
}

function row(id) {
  const some = (bit, name) => (id & bit ? word(name) : "");
  const [day, more, tag] = [some(1, "day"), some(2, "more"), some(8, "tag")];
  const [title, when, place, credit] = ["title", "when", "place", "credit"].map(word);
  return { id, title, when, place, credit, more, tag, day, refusal: some(32, "refusal") };
}
