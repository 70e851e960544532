// One observer of what React renders, shared by all modules.

const callbacks = [];
const attributeFilter = [];
const observer = new MutationObserver((records) => {
  for (const callback of callbacks) callback(records);
});

export const find = (selector) => document.querySelector(selector);

// Whether the application has taken the page over: before that no event of it is handled.
export const isHydrated = () => "hydrated" in document.documentElement.dataset;

// Call back now, and whenever elements or these attributes of them have changed.
export function onRender(callback, ...attributes) {
  callbacks.push(callback);
  attributeFilter.push(...attributes);
  observer.observe(document.documentElement, { subtree: true, childList: true, attributeFilter });
  callback([]);
}
