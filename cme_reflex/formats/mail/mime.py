"""MIME messages with attachments; the templates in `templates/` render their text and HTML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

from jinja2 import Environment

from cme_reflex.domain.mail.message import (
    ActionButton,
    Attachment,
    DefinitionList,
    MailContent,
    Paragraph,
)
from cme_reflex.formats.mail.addresses import to_ascii_domain
from cme_reflex.formats.template_engine import environment

LINE_LIMIT = 120  # characters of a subject or a file name
ENCODED_WORD_LIMIT = 45  # bytes in one encoded word of a header (RFC 2047: 75 characters)

_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]+')  # the "specials" of RFC 5322


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An e-mail address with a display name, which may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHeaders:
    """Sender, recipient, reply address, Message-ID and date (`at`, aware) of a message."""

    sender: Mailbox
    recipient: Mailbox
    reply_to: Mailbox
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailBodies:
    """Text and HTML body of a message."""

    text: str
    html: str


def build_message(
    content: MailContent, headers: MailHeaders, attachments: Sequence[Attachment] = ()
) -> EmailMessage:
    """Build the message: the text, HTML as its alternative, and the attachments.

    Names cannot inject headers: unprintable characters are removed, and headers
    reject line breaks. Raises InvalidAddress.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address_header(headers.sender)
    message["To"] = _address_header(headers.recipient)
    message["Reply-To"] = _address_header(headers.reply_to)
    message["Subject"] = _one_line(content.subject)
    message["Date"] = headers.at
    message["Message-ID"] = headers.message_id
    # Prevents automatic replies such as absence notices (RFC 3834, and Outlook's own header).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    bodies = render(content)
    message.set_content(bodies.text, cte="quoted-printable")
    message.add_alternative(bodies.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=_one_line(attachment.name),
        )
    return message


def render(content: MailContent) -> MailBodies:
    """Render the content as text and as HTML, where it is escaped."""
    return MailBodies(
        text=_templates().get_template("mail.txt").render(content=content),
        html=_templates().get_template("mail.html").render(content=content),
    )


@cache
def _templates() -> Environment:
    templates = environment("cme_reflex.formats.mail")
    templates.tests["paragraph"] = lambda block: isinstance(block, Paragraph)
    templates.tests["definition_list"] = lambda block: isinstance(block, DefinitionList)
    templates.tests["action_button"] = lambda block: isinstance(block, ActionButton)
    return templates


def _address_header(mailbox: Mailbox) -> Address:
    local, _, host = to_ascii_domain(mailbox.address).rpartition("@")
    return Address(display_name=_display_name(mailbox.name), username=local, domain=host)


def _display_name(name: str) -> str:
    """The name for a header, without characters that need quotes; empty if it is long.

    When Python folds a header, it inserts spaces into long names of other
    alphabets, and removes the quotes from long names with a comma, which become
    two addresses. The message itself has the whole name.
    """
    line = _one_line(_SPECIALS.sub(" ", name))
    return line if len(line.encode()) <= ENCODED_WORD_LIMIT else ""


def _one_line(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:LINE_LIMIT]
