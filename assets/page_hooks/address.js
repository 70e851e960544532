// Keeps the address bar in step with the filter, once the state has loaded for this very page:
// data-cme-loaded-path is the path it loaded for. React Router keeps its own state in history.state.

import { find, onRender } from "./rendering.js";

const same = (path, other) => path.replace(/\/$/, "") === other.replace(/\/$/, "");

function writeAddress() {
  const { cmeQuery: query, cmeLoadedPath: path } = find("[data-cme-query]")?.dataset ?? {};
  if (!path || !same(path, location.pathname) || query === location.search.slice(1)) return;
  const address = location.pathname + (query ? `?${query}` : "") + location.hash;
  history.replaceState(history.state, "", address);
}

onRender(writeAddress, "data-cme-query", "data-cme-loaded-path");
