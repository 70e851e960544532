// Save & Log Out ends the session in every tab: the others ask the server, which sends them away.

import { refreshNow } from "./refresh.js";

const tabs = new BroadcastChannel("cme");
tabs.onmessage = refreshNow;
if (location.hash === "#signed-out") tabs.postMessage("signed out");
