// Sends the input of a field again until the state has it, such as a filter or the attestation. It
// is not a command: an event that is lost with a connection would leave the page as it was, under a
// field that says otherwise. While it is not answered, the page says so.

import { isDisconnected } from "./connection.js";

const INTERVAL = 500; // ms between two checks, while a field is not answered
const SAID_AFTER = 3000; // ms without an answer
const RESEND_AFTER = 5000; // ms without an answer

const { dataset } = document.documentElement;
let changedAt = 0;
let sentAt = 0; // time at which it was sent; 0 after a disconnection
let timer = 0;

function isUnanswered(field) {
  const { cmeChecked, cmeValue } = field.dataset;
  if (field.type === "radio") return field.checked && cmeChecked === "false";
  return cmeChecked === undefined ? field.value !== cmeValue : String(field.checked) !== cmeChecked;
}

function handleInput({ target, isTrusted }) {
  if (!target.matches("[data-cme-resend]")) return;
  sentAt = Date.now();
  if (isTrusted) changedAt = sentAt;
  timer ||= setInterval(check, INTERVAL);
  if (isDisconnected()) check();
}

function check() {
  const unanswered = [...document.querySelectorAll("[data-cme-resend]")].filter(isUnanswered);
  if (!unanswered.length) return stop();
  if (isDisconnected()) sentAt = 0;
  if (isDisconnected() || Date.now() - changedAt > SAID_AFTER) dataset.unanswered = "";
  if (!isDisconnected() && Date.now() - sentAt > RESEND_AFTER) unanswered.forEach(resend);
}

function stop() {
  clearInterval(timer);
  timer = 0;
  delete dataset.unanswered;
}

// React handles an event only if the value differs from the one that it has last seen set.
function resend(field) {
  if (field.matches("select")) return field.dispatchEvent(new Event("change", { bubbles: true }));
  const property = ["radio", "checkbox"].includes(field.type) ? "checked" : "value";
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, property);
  const { [property]: wanted, selectionStart, selectionEnd } = field;
  field[property] = property === "checked" ? !wanted : `${wanted} `;
  set.call(field, wanted);
  if (field === document.activeElement && property === "value")
    field.setSelectionRange(selectionStart, selectionEnd);
  const type = property === "checked" ? "click" : "input";
  field.dispatchEvent(new Event(type, { bubbles: true }));
  sentAt = Date.now();
}

addEventListener("input", handleInput, true);
addEventListener("change", handleInput, true);
