// The token of a link stands behind the # of its address: no server is told that part, so it is in
// no log and no Referer. Here it goes into the form, and out of the address once that is sent.

const token = location.hash.slice(1);
const complete = /^[\w-]{43}$/.test(token);
const field = () => document.querySelector("[data-cme-token]");

// Without a token in the address the link can be pasted, as it must be where no script runs.
if (complete) document.documentElement.dataset.cmeLink = "true";
else document.documentElement.dataset.cmeLink = "missing";

document.addEventListener("submit", () => {
  if (!complete || !field()) return;
  field().value = token;
  history.replaceState(history.state, "", location.pathname);
});
