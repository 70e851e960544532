"""Writing messages: what the outbox only names, each kind gives the words at the moment of sending.

What a message tells is read then, so that a reminder to somebody who has submitted meanwhile is
never sent, and no link rests in the database.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session

from cme_reflex.domain.letter import Attachment, Letter
from cme_reflex.domain.meeting import Meeting
from cme_reflex.store.tables import OutboxRow


class Withdrawn(Exception):
    """There is nothing to send any more; `nobody` where the recipient is not known at all."""

    def __init__(self, why: str, *, nobody: bool = False) -> None:
        super().__init__(why)
        self.nobody = nobody


Draw: TypeAlias = Callable[[], Awaitable[Attachment]]
"""Makes what goes with a letter, of what was read before: nobody waits to write meanwhile."""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter, whom it is to, and what is drawn to go with it when the transaction has ended."""

    letter: Letter
    name: str
    address: str
    attachments: tuple[Draw, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What a writer is given: the message in the outbox, its meeting, and where the site is."""

    row: OutboxRow
    meeting: Meeting
    public_url: str
    now: datetime


Writer: TypeAlias = Callable[[Session, Task], Written]
"""Writes one kind of message, in a transaction of its own. Raises Withdrawn and InvalidAddress."""

Writers: TypeAlias = Mapping[str, Writer]
