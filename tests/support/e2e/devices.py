"""The screens that the browser tests use, and how long they wait."""

from cme_reflex.settings import ROOT

DEMO = ROOT / "meetings" / "pstm24"


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


DESKTOP = {"viewport": {"width": 1440, "height": 900}}


TIMEOUT_MS = 15_000  # milliseconds for what the page has to show; two cores are also the server's
