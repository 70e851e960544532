"""State of the browser's command queue: its owner, and the server's reply to a command."""

import dataclasses
from enum import StrEnum

import reflex as rx


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


class CommandQueue(rx.State):
    """Server side of assets/command_queue.js.

    `attendee` is the attendee's id; the queue sends a command only for the attendee who made it.
    """

    attendee: str = ""
    reply: Reply = Reply()


def reply(queue: CommandQueue, command: str, outcome: Outcome, reason: str = "") -> None:
    """Reply to a command. `reason` is what the attendee reads about a refused one."""
    queue.reply = Reply(command, outcome.value, reason, queue.reply.number + 1)
