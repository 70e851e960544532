// Shared MutationObserver of what React renders.

const callbacks = [];
const attributeFilter = [];
const observer = new MutationObserver((records) => {
  for (const callback of callbacks) callback(records);
});

export const find = (selector) => document.querySelector(selector);

// Whether React has hydrated the page; before that it handles no events.
export const isHydrated = () => "hydrated" in document.documentElement.dataset;

// Calls back now, and whenever elements or these attributes change.
export function onRender(callback, ...attributes) {
  callbacks.push(callback);
  attributeFilter.push(...attributes);
  observer.observe(document.documentElement, { subtree: true, childList: true, attributeFilter });
  callback([]);
}
