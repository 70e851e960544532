// Whether messages reach the server, as assets/command_queue.js says it of the page.

const DISCONNECTED = ["offline", "reconnecting"];

export const isDisconnected = () => DISCONNECTED.includes(document.documentElement.dataset.saveStatus);
