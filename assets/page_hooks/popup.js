// Closes a popup window; if it cannot be closed, follows the link.

const CLOSE_TIMEOUT = 300; // ms

function close(event) {
  const link = event.target.closest?.("[data-cme-close-window]");
  if (!link || !window.opener) return;
  event.preventDefault();
  event.stopPropagation();
  window.close();
  setTimeout(() => location.assign(link.href), CLOSE_TIMEOUT);
}

addEventListener("click", close, true);
