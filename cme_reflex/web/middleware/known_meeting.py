"""Rejects addresses below the code of a meeting that is not loaded.

No route behind is asked for one: a made-up code would be a key of rate limits, the name of a
cookie, and a word of the log.
"""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from cme_reflex.services.meetings.meeting_view import last_view
from cme_reflex.web.meeting import MEETING
from cme_reflex.web.pages.meeting_pages import newest_view, no_meeting


class KnownMeetingMiddleware:
    """Responds with 404 below a code that is no meeting's, and takes it out of the scope."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Reject the request, or pass it on."""
        if MEETING not in scope or last_view(scope[MEETING]) is not None:
            return self._app(scope, receive, send)
        return self._look_up(scope, receive, send)

    async def _look_up(self, scope: Scope, receive: Receive, send: Send) -> None:
        if await newest_view(scope[MEETING]) is not None:
            await self._app(scope, receive, send)
            return
        del scope[MEETING]
        await no_meeting()(scope, receive, send)
