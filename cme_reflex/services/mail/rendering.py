"""Writing messages: what the outbox only names, each kind gives the words at the moment of sending.

What a message tells is read then, so that a reminder to somebody who has submitted meanwhile is
never sent, and no link rests in the database.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session

from cme_reflex.domain.mail.message import Attachment, MailContent
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.store.mail.tables import MailQueueRow


class MessageWithdrawn(Exception):
    """The message is no longer wanted; `unknown_recipient` if its recipient does not exist."""

    def __init__(self, why: str, *, unknown_recipient: bool = False) -> None:
        super().__init__(why)
        self.unknown_recipient = unknown_recipient


AttachmentFactory: TypeAlias = Callable[[], Awaitable[Attachment]]
"""Makes what goes with a letter, of what was read before: nobody waits to write meanwhile."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A letter, whom it is to, and what is drawn to go with it when the transaction has ended."""

    content: MailContent
    name: str
    address: str
    attachments: tuple[AttachmentFactory, ...] = ()


@dataclass(frozen=True, slots=True)
class MailJob:
    """What a writer is given: the message in the outbox, its meeting, and where the site is."""

    row: MailQueueRow
    meeting: Meeting
    public_url: str
    now: datetime


MailRenderer: TypeAlias = Callable[[Session, MailJob], RenderedMail]
"""Renders one kind of message, in its own transaction. Raises MessageWithdrawn, InvalidAddress."""

MailRenderers: TypeAlias = Mapping[str, MailRenderer]
