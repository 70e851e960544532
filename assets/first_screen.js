// The first screen of the list of sessions. The server has put it into the page twice: as HTML in
// the places of some parts (cme_reflex/web/templates/first_screen.html), and as JSON, the values of
// the states that show the same. React leaves the HTML alone. As soon as it has hydrated the page,
// the states begin with the values, and so the live parts replace the HTML.

import { createElement, useState } from "react";
import { app } from "$/utils/context-registry";

const written = globalThis.document?.getElementById("cme-first-screen");
const values = JSON.parse(written?.textContent ?? "{}");

export const isInPage = Boolean(written);

const isHydrated = () => "hydrated" in document.documentElement.dataset;

// A part of the page until its state has loaded. `children` is the skeleton where the server has
// not rendered a first screen, as for an address with filters.
export function FirstScreenPart({ name, children }) {
  const [isServed] = useState(() => isInPage && !isHydrated());
  const props = { className: "contents", "data-cme-first-screen": name };
  if (import.meta.env.SSR) {
    const rendered = `⟦% if first_screen %⟧⟦ first_screen.${name}() ⟧⟦% else %⟧`;
    return createElement("div", props, rendered, children, "⟦% endif %⟧");
  }
  if (!isServed) return createElement("div", props, children);
  const opaque = { dangerouslySetInnerHTML: { __html: "" }, suppressHydrationWarning: true };
  return createElement("div", { ...props, ...opaque });
}

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
