"""What a page says when a handler failed for a reason that is not the attendee's."""

import logging
import re

import reflex as rx
from reflex.event import EventSpec

from cme_reflex.logs import fields
from cme_reflex.web.doors import Audience, open_to

PLACES_LIMIT = 10  # of a page's fault that are written down

# Of what a browser reports, the kind of error and the places in our scripts; its words may be
# anybody's.
_KIND = re.compile(r"\b([A-Z]\w{0,40}Error)\b")
_PLACE = re.compile(r"/(assets/[\w.-]{1,80}\.js:\d{1,7}:\d{1,7}|cme\.js:\d{1,7}:\d{1,7})")

logger = logging.getLogger(__name__)


class Trouble(rx.State):
    """Whether something went wrong on the server."""

    shown: bool = False

    @rx.event
    @open_to(Audience.SERVER)
    async def show(self):
        """Say so."""
        self.shown = True

    @rx.event
    @open_to(Audience.ANYONE)
    async def dismiss(self):
        """It has been read."""
        self.shown = False


def report(exception: Exception) -> EventSpec:
    """Log it with its traceback and let the page say that it happened.

    Reflex's own handler answers with a toast, which this application leaves out.
    """
    logger.error("A handler failed", exc_info=exception)
    return Trouble.show()  # type: ignore[operator, no-any-return]


def report_page(exception: Exception) -> None:
    """Log that a page's script failed in somebody's browser: what kind of error, and where."""
    said = str(exception)
    kind = _KIND.search(said)
    logger.warning(
        "a page failed",
        extra=fields(
            error=kind[1] if kind else "unknown", places=_PLACE.findall(said)[:PLACES_LIMIT]
        ),
    )
