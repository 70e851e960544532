"""What a page says when a handler failed for a reason that is not the attendee's."""

import logging

import reflex as rx
from reflex.event import EventSpec

logger = logging.getLogger(__name__)


class Trouble(rx.State):
    """Whether something went wrong on the server."""

    shown: bool = False

    @rx.event
    async def show(self):
        """Say so."""
        self.shown = True

    @rx.event
    async def dismiss(self):
        """It has been read."""
        self.shown = False


def report(exception: Exception) -> EventSpec:
    """Log it with its traceback and let the page say that it happened.

    Reflex's own handler answers with a toast, which this application leaves out.
    """
    logger.error("A handler failed", exc_info=exception)
    return Trouble.show()  # type: ignore[operator, no-any-return]
