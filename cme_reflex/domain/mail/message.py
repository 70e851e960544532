"""Content of a mail, before it is rendered as text and HTML."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    text: str


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """Names and their values, one pair per row."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionButton:
    """The mail's call to action: a button in HTML, a URL on a line of its own in text."""

    label: str
    url: str


Block: TypeAlias = Paragraph | DefinitionList | ActionButton


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContent:
    """Content of a mail to one person.

    `preview` is the text that an inbox shows beside the subject, `footer` the
    lines below the horizontal rule, `accent` a color such as ``#0b5563``.
    """

    subject: str
    preview: str
    heading: str
    greeting: str
    blocks: tuple[Block, ...]
    footer: tuple[str, ...]
    meeting: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file attached to a mail, such as ``certificate.pdf`` of type ``application/pdf``."""

    name: str
    media_type: str
    content: bytes
