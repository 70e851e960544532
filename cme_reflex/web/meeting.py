"""The meeting that a request is about."""

from starlette.types import Scope

from cme_reflex.settings import settings

MEETING = "cme_reflex.meeting"
"""Key of the scope for the meeting's code: see `web/middleware/meeting_path.py`."""

BROWSER_COOKIES = "cme_reflex.browser_cookies"
"""Key of the scope for the Cookie header with the cookies of all meetings, for Log Out alone."""


def meeting_code(scope: Scope) -> str:
    """The code of the request's meeting; that of CME_MEETING where its address has none."""
    return str(scope.get(MEETING) or settings().meeting)
