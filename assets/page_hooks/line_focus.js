// Back at a line of the claim that one came from: its link has the focus once it is there.

import { onRender } from "./rendering.js";

let focused = "";

function focusLine() {
  const line = location.hash.startsWith("#line-") ? location.hash.slice(1) : "";
  const link = document.getElementById(line)?.querySelector("a");
  if (line === focused || (line && !link)) return; // been there, or it is yet to come
  focused = line;
  link?.focus();
}

onRender(focusLine);
