// Copies the token from a link's fragment into the form, and removes it from the address on submit.
// Browsers send no fragment to a server, so the token is in no log and no Referer.

const token = location.hash.slice(1);
const complete = /^[\w-]{43}$/.test(token);
const field = () => document.querySelector("[data-cme-token]");

// Without a token in the address the attendee can paste the link, as without scripts.
if (complete) document.documentElement.dataset.cmeLink = "true";
else document.documentElement.dataset.cmeLink = "missing";

document.addEventListener("submit", () => {
  if (!complete || !field()) return;
  field().value = token;
  history.replaceState(history.state, "", location.pathname);
});
