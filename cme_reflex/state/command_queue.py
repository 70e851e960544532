"""State of the browser's command queue: its owner, and the server's reply to a command."""

import dataclasses
import hmac
from base64 import urlsafe_b64encode
from enum import StrEnum

import reflex as rx

from cme_reflex import text
from cme_reflex.services.claims.claim import COMMAND_LIMIT
from cme_reflex.settings import settings
from cme_reflex.web.access_policy import Audience, allow


class Outcome(StrEnum):
    """What became of a command: the browser drops it, reports it, or sends it again later."""

    APPLIED = "applied"
    REFUSED = "refused"
    POSTPONED = "postponed"


@dataclasses.dataclass(frozen=True)
class Reply:
    """The reply to the command with this id. `number` makes each reply of a tab a new value."""

    command: str = ""
    outcome: str = ""
    reason: str = ""
    number: int = 0


_KEY_BYTES = 18  # 144 bits


def queue_owner(attendee_id: int) -> str:
    """The owner of an attendee's commands in a browser: "<id>.<key>".

    Only pages that are signed in as the attendee are given it. Whoever used a shared device before
    cannot compute the key, so commands that were stored there by script are never sent.
    """
    secret = settings().secret.get_secret_value().encode()
    digest = hmac.digest(secret, f"command_queue:{attendee_id}".encode(), "sha256")
    return f"{attendee_id}.{urlsafe_b64encode(digest[:_KEY_BYTES]).decode()}"


class CommandQueue(rx.State):
    """Server side of assets/command_queue.js.

    `attendee` is its `queue_owner`; the queue sends a command only for the attendee who made it.
    `meeting_version` is the version of the meeting that the last event saw: a page that shows an
    earlier one updates itself (assets/meeting.js).
    """

    attendee: str = ""
    meeting_version: int = 0
    reply: Reply = Reply()

    @rx.event
    @allow(Audience.ANYONE)
    async def refuse(self, command: str):
        """Refuse a command that this release does not know: `web/events/event_validation.py`."""
        if len(command) > COMMAND_LIMIT:
            return
        self.reply = Reply(command, Outcome.REFUSED, text.queue.OUTDATED, self.reply.number + 1)
