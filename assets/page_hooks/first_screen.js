// The first screen, as the server has rendered it, before the live page takes its place: what is
// tapped on it is tapped once more on the live page, and the focus goes to the live control.

import { find, onRender } from "./rendering.js";

const PART = "[data-cme-first-screen]";

let isShown = false;
let focused = null;
const tapped = new Set();

export const isInFirstScreen = (element) => Boolean(element.closest(PART));

// A session that has been added meanwhile has no control to add it: then nothing is tapped.
function liveControl({ id, name, value, dataset }) {
  if (dataset.cmeTap) return find(`[data-cme-tap="${dataset.cmeTap}"]`);
  return id ? document.getElementById(id) : find(`[name="${name}"][value="${CSS.escape(value)}"]`);
}

function remember({ target }) {
  const button = target.closest?.("[data-cme-tap]");
  if (button && isInFirstScreen(button)) tapped.add(button);
}

function trackFocus({ target }) {
  focused = isInFirstScreen(target) ? target : null;
}

function goLive() {
  const wasShown = isShown;
  isShown = Boolean(find(PART));
  if (isShown || !wasShown) return;
  // What is live now looks as what was there: nothing fades in.
  for (const animation of document.getAnimations()) animation.finish();
  if (focused && document.activeElement === document.body) liveControl(focused)?.focus();
  for (const button of tapped) liveControl(button)?.click();
  tapped.clear();
}

addEventListener("click", remember);
addEventListener("focusin", trackFocus);
onRender(goLive);
