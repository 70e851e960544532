// Synchronizes the query in the address bar with the filters, once the state has loaded for this
// page: data-cme-loaded-path is the path that it loaded, in the meeting. history.state belongs to React Router.

import { base } from "./meeting.js";
import { find, onRender } from "./rendering.js";

const same = (path, other) => path.replace(/\/$/, "") === other.replace(/\/$/, "");

function writeAddress() {
  const { cmeQuery: query, cmeLoadedPath: path } = find("[data-cme-query]")?.dataset ?? {};
  if (!path || !same(base + path, location.pathname) || query === location.search.slice(1)) return;
  const address = location.pathname + (query ? `?${query}` : "") + location.hash;
  history.replaceState(history.state, "", address);
}

onRender(writeAddress, "data-cme-query", "data-cme-loaded-path");
