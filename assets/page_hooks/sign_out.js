// Save & Log Out in one tab signs out all: the others refresh, and the server redirects them.

import { refreshNow } from "./refresh.js";

const tabs = new BroadcastChannel("cme");
tabs.onmessage = refreshNow;
if (["#signed-out", "#browser-forgotten"].includes(location.hash)) tabs.postMessage("signed out");
