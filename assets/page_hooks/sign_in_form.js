// Sign-in forms: restores the name after an error, and fills in the number of a badge's QR code.

import { find } from "./rendering.js";

const NAME_KEY = "cme-name"; // in sessionStorage: id and value of the name field
const NUMBER_LIMIT = 40; // characters

// A sign-in or sign-out discards the tab's state token, and with it the tab's state on the server.
// The name is stored for the next page load only, to fill it in again after an error.
function resetTab({ target: form }) {
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

// A badge's QR code opens /#badge=<number>: the number is copied into its field and removed from
// the address before any request. No other field is filled in.
function fillNumber() {
  const number = new URLSearchParams(location.hash.slice(1)).get("badge");
  if (number === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  const field = find("#number");
  if (field) field.value = number.slice(0, NUMBER_LIMIT);
}

addEventListener("popstate", fillNumber);
addEventListener("submit", resetTab);
fillNumber();
fillName();
