"""The error banner after an unexpected error of a handler, and error reports of both sides."""

import logging
import re

import reflex as rx

from cme_reflex.web.access_policy import Audience, allow
from cme_reflex.web.logs import log_extra

PLACES_LIMIT = 10  # places in our scripts that are logged of a page's error

# Of what a browser reports, the kind of error and the places in our scripts; its words may be
# anybody's.
_KIND = re.compile(r"\b([A-Z]\w{0,40}Error)\b")
_PLACE = re.compile(r"/((?:assets/[\w.-]{1,80}|page_hooks/index)\.js:\d{1,7}:\d{1,7})")

logger = logging.getLogger(__name__)


class ErrorBanner(rx.State):
    """Whether something went wrong on the server."""

    shown: bool = False

    @rx.event
    @allow(Audience.SERVER)
    async def show(self):
        """Show the banner."""
        self.shown = True

    @rx.event
    @allow(Audience.ANYONE)
    async def dismiss(self):
        """Hide it again."""
        self.shown = False


def report_server_error(exception: Exception) -> rx.event.EventSpec:  # type: ignore[valid-type]
    """Log the exception of a handler with its traceback, and show the banner.

    Reflex's own handler answers with a toast, which this application leaves out.
    """
    logger.error("event handler failed", exc_info=exception)
    return ErrorBanner.show()  # type: ignore[operator, no-any-return]


def report_page_error(exception: Exception) -> None:
    """Log that a page's script failed in somebody's browser: what kind of error, and where."""
    reported = str(exception)
    kind = _KIND.search(reported)
    logger.warning(
        "client script failed",
        extra=log_extra(
            error=kind[1] if kind else "unknown",
            places=_PLACE.findall(reported)[:PLACES_LIMIT],
        ),
    )
