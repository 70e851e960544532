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
  if (id && location.hash) whenParsed(() => fill(`#${id}`, name));
}

// A badge's QR code opens /#badge=<number>: the number is removed from the address, before the
// application can send it, and copied into its field. No other field is filled in.
function takeNumber() {
  const number = new URLSearchParams(location.hash.slice(1)).get("badge");
  if (number === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  whenParsed(() => fill("#number", number.slice(0, NUMBER_LIMIT)));
}

function fill(selector, value) {
  const field = find(selector);
  if (field) field.value = value;
}

function whenParsed(action) {
  if (document.readyState !== "loading") action();
  else addEventListener("DOMContentLoaded", action, { once: true });
}

addEventListener("popstate", takeNumber);
addEventListener("submit", resetTab);
takeNumber();
fillName();
