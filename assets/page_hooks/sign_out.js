// Save & Log Out in one tab signs out all: the others refresh, and the server redirects them.

import { refreshNow } from "./refresh.js";

const tabs = new BroadcastChannel("cme");
tabs.onmessage = refreshNow;
if (location.hash === "#signed-out") tabs.postMessage("signed out");
