// Writes the state's value into an uncontrolled field when the value changes, except into a text
// field that has the focus, so that it never overwrites what is being typed.

import { onRender } from "./rendering.js";

const ATTRIBUTES = ["data-cme-checked", "data-cme-value"];

function update(field) {
  const { cmeChecked, cmeValue } = field.dataset;
  if (cmeChecked !== undefined) field.checked = cmeChecked === "true";
  const isTyping = field === document.activeElement && !field.matches("select");
  if (cmeValue !== undefined && !isTyping) field.value = cmeValue;
}

function updateFields(records) {
  for (const { target, attributeName } of records) {
    if (ATTRIBUTES.includes(attributeName)) update(target);
  }
}

onRender(updateFields, ...ATTRIBUTES);
