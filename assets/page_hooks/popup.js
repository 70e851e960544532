// A window that was opened for one thing closes itself; otherwise its link is followed.

const CLOSED_WITHIN = 300; // ms

function close(event) {
  const link = event.target.closest?.("[data-cme-close-window]");
  if (!link || !window.opener) return;
  event.preventDefault();
  event.stopPropagation();
  window.close();
  setTimeout(() => location.assign(link.href), CLOSED_WITHIN);
}

addEventListener("click", close, true);
