"""A letter: what a message says, before it is made into text or HTML."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """Names and values, one below the other."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionButton:
    """The one thing to do: a button in HTML, an address on a line of its own in text."""

    label: str
    url: str


Block: TypeAlias = Paragraph | DefinitionList | ActionButton


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContent:
    """A message to one person.

    `preview` is what a list of messages shows beside the subject, `footer` the
    lines below the rule, `accent` a color such as ``#0b5563``.
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
    """A file that goes with a letter, such as ``certificate.pdf`` of type ``application/pdf``."""

    name: str
    media_type: str
    content: bytes
