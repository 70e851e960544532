// Focuses the link of the claim line in the address's fragment, once the line is rendered.

import { onRender } from "./rendering.js";

let focused = "";

function focusLine() {
  const line = location.hash.startsWith("#line-") ? location.hash.slice(1) : "";
  const link = document.getElementById(line)?.querySelector("a");
  if (line === focused || (line && !link)) return; // done already, or not rendered yet
  focused = line;
  link?.focus();
}

onRender(focusLine);
