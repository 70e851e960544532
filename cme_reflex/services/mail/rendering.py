"""Rendering of queued messages, by kind and at the time of sending.

Their data are read at that time, so that nobody who has submitted meanwhile gets a reminder,
and no link is stored in the database.
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

    def __init__(self, reason: str, *, unknown_recipient: bool = False) -> None:
        super().__init__(reason)
        self.unknown_recipient = unknown_recipient


AttachmentFactory: TypeAlias = Callable[[], Awaitable[Attachment]]
"""Creates an attachment, after the rendering transaction has ended."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A rendered message: content, the recipient's name and address, and attachments."""

    content: MailContent
    name: str
    address: str
    attachments: tuple[AttachmentFactory, ...] = ()


@dataclass(frozen=True, slots=True)
class MailJob:
    """Input of a renderer: the queued message, its meeting, and the URLs of site and meeting."""

    row: MailQueueRow
    meeting: Meeting
    public_url: str
    meeting_url: str
    now: datetime


MailRenderer: TypeAlias = Callable[[Session, MailJob], RenderedMail]
"""Renders one kind of message, in its own transaction. Raises MessageWithdrawn, InvalidAddress."""

MailRenderers: TypeAlias = Mapping[str, MailRenderer]
