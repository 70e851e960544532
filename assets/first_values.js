// The values with which the states of the browser begin on a page that has a first screen
// (assets/first_screen.js). The server has put them into the page, as JSON by the names of the states.

import { app } from "$/utils/context-registry";

const written = globalThis.document?.getElementById("cme-first-screen");
const values = JSON.parse(written?.textContent ?? "{}");

export const areInPage = Boolean(written);

// What the server takes the states to be until it has replied: their initial values.
export function defaults() {
  return Object.fromEntries(Object.keys(values).map((name) => [name, app.initialState[name]]));
}

// The page is hydrated. What was typed and chosen before goes into the address, from which the
// server loads the page; then the first screen stays until it has replied.
export function begin(dispatch) {
  const asked = chosenFilters();
  if (asked.size) history.replaceState(history.state, "", `?${asked}${location.hash}`);
  else for (const [name, delta] of Object.entries(values)) dispatch[name](delta);
  document.documentElement.dataset.hydrated = "";
}

function chosenFilters() {
  const asked = new URLSearchParams(location.search);
  for (const field of document.querySelectorAll("[data-cme-query-field]")) {
    const { cmeQueryField, chosen } = field.dataset;
    const value = field.matches("select") ? chosen : field.value;
    const kept = field.type !== "radio" || (field.checked && !field.defaultChecked);
    if (value && kept) asked.set(cmeQueryField, value);
  }
  return asked;
}
