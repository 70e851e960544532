// The forms of the sign-in: a name survives one error, and a badge's QR code fills in its number.

import { find } from "./rendering.js";

const NAME_KEY = "cme-name"; // in sessionStorage: the id of its field and what was in it
const NUMBER_LIMIT = 40; // characters

// Signing in and out is for a new start: the tab's state on the server belongs to its token.
// After an error the name need not be typed again; whatever comes next, it is forgotten.
function startOver({ target: form }) {
  if (form.method !== "post") return;
  sessionStorage.removeItem("token");
  const field = form.elements.last_name ?? form.elements.username;
  if (field?.value) sessionStorage.setItem(NAME_KEY, JSON.stringify([field.id, field.value]));
}

function fillName() {
  const [id, name] = JSON.parse(sessionStorage.getItem(NAME_KEY) ?? "[]");
  sessionStorage.removeItem(NAME_KEY);
  const field = id && document.getElementById(id);
  if (field && location.hash) field.value = name;
}

// A badge's QR code opens /#badge=<number>: the number goes into its field, and out of the
// address before anything is sent anywhere. Nothing else is filled in.
function fillNumber() {
  const number = new URLSearchParams(location.hash.slice(1)).get("badge");
  if (number === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  const field = find("#number");
  if (field) field.value = number.slice(0, NUMBER_LIMIT);
}

addEventListener("popstate", fillNumber);
addEventListener("submit", startOver);
fillNumber();
fillName();
