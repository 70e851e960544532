"""Error banner after an unexpected exception, and logging of server and page errors."""

import logging
import re

import reflex as rx

from cme_reflex.web.access_policy import Audience, allow
from cme_reflex.web.logs import log_extra

PLACES_LIMIT = 10  # source locations that are logged of a page's error

# Only the type of the error and locations in our own scripts are logged of a browser's report: its
# message could contain personal data.
_KIND = re.compile(r"\b([A-Z]\w{0,40}Error)\b")
_PLACE = re.compile(r"/((?:assets/[\w.-]{1,80}|page_hooks/index)\.js:\d{1,7}:\d{1,7})")

logger = logging.getLogger(__name__)


class ErrorBanner(rx.State):
    """State of the error banner."""

    shown: bool = False

    @rx.event
    @allow(Audience.SERVER)
    async def show(self):
        """Show the banner."""
        self.shown = True

    @rx.event
    @allow(Audience.ANYONE)
    async def dismiss(self):
        """Hide the banner."""
        self.shown = False


def report_server_error(exception: Exception) -> rx.event.EventSpec:  # type: ignore[valid-type]
    """Log the exception of a handler with its traceback, and show the banner.

    Replaces Reflex's own handler, which shows a toast; this application has no toaster.
    """
    logger.error("event handler failed", exc_info=exception)
    return ErrorBanner.show()  # type: ignore[operator, no-any-return]


def report_page_error(exception: Exception) -> None:
    """Log a script error in a browser: the type of the error and its source locations."""
    reported = str(exception)
    kind = _KIND.search(reported)
    logger.warning(
        "client script failed",
        extra=log_extra(
            error=kind[1] if kind else "unknown",
            places=_PLACE.findall(reported)[:PLACES_LIMIT],
        ),
    )
