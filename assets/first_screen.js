// The first screen of the list of sessions. The server has put it into the page twice: as HTML in
// the places of some parts (cme_reflex/web/templates/first_screen.html), and as JSON, the values of
// the states that show the same. React leaves the HTML alone. As soon as it has hydrated the page,
// the states begin with the values (assets/first_values.js), and the live parts replace the HTML.

import { createElement, useState } from "react";

function isServed() {
  const isHydrated = "hydrated" in document.documentElement.dataset;
  return !isHydrated && Boolean(document.getElementById("cme-first-screen"));
}

// A part of the page until its state has loaded. `children` is the skeleton where the server has
// not rendered a first screen, as for an address with filters.
export function FirstScreenPart({ name, children }) {
  const [isOpaque] = useState(() => !import.meta.env.SSR && isServed());
  const props = { className: "contents", "data-cme-first-screen": name };
  if (import.meta.env.SSR) {
    const rendered = `⟦% if first_screen %⟧⟦ first_screen.${name}() ⟧⟦% else %⟧`;
    return createElement("div", props, rendered, children, "⟦% endif %⟧");
  }
  if (!isOpaque) return createElement("div", props, children);
  const opaque = { dangerouslySetInnerHTML: { __html: "" }, suppressHydrationWarning: true };
  return createElement("div", { ...props, ...opaque });
}
