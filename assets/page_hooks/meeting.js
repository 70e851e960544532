// The meeting of this page, which is the first segment of its address: the server takes it from the
// token of the tab. So a tab that goes over to another meeting gets another token, and with it
// another state on the server.

const TOKEN = "token"; // where Reflex stores it, in sessionStorage
const code = location.pathname.split("/")[1];

// What all addresses of the meeting begin with.
export const base = `/${code}`;

if (!sessionStorage.getItem(TOKEN)?.startsWith(`${code}:`)) {
  const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  sessionStorage.setItem(TOKEN, `${code}:${id}`);
}
