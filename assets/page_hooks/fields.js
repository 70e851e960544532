// Fields belong to the person: React only makes them. When the state's value of a field changes it
// is put there, but never under the hands of whoever is typing.

import { onRender } from "./rendering.js";

const ATTRIBUTES = ["data-cme-checked", "data-cme-value"];

function update(field) {
  const { cmeChecked, cmeValue } = field.dataset;
  if (cmeChecked !== undefined) field.checked = cmeChecked === "true";
  const typing = field === document.activeElement && !field.matches("select");
  if (cmeValue !== undefined && !typing) field.value = cmeValue;
}

function updateFields(records) {
  for (const { target, attributeName } of records) {
    if (ATTRIBUTES.includes(attributeName)) update(target);
  }
}

onRender(updateFields, ...ATTRIBUTES);
