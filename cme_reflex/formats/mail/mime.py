"""A letter as the message that travels: MIME, with text, HTML and attachments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from cme_reflex.domain.mail.message import Attachment, MailContent
from cme_reflex.formats.mail.addresses import to_ascii_domain
from cme_reflex.formats.mail.templates import render

LINE_LIMIT = 120  # characters of a subject or a file's name
ENCODED_WORD_LIMIT = (
    45  # bytes that fit into one encoded word of a header (RFC 2047: 75 characters)
)

_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]+')  # RFC 5322's specials


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody with an address; the name may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHeaders:
    """From whom to whom, and what makes the message known again. `at` is aware."""

    sender: Mailbox
    recipient: Mailbox
    reply_to: Mailbox
    message_id: str
    at: datetime


def build_message(
    letter: MailContent, envelope: MailHeaders, attachments: Sequence[Attachment] = ()
) -> EmailMessage:
    """The message: text first, HTML as its better form, then what is attached.

    No name can become a header of its own: what is not printable is taken out
    of names, and the headers refuse line ends. Raises InvalidAddress.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = _address_header(envelope.sender)
    made["To"] = _address_header(envelope.recipient)
    made["Reply-To"] = _address_header(envelope.reply_to)
    made["Subject"] = _one_line(letter.subject)
    made["Date"] = envelope.at
    made["Message-ID"] = envelope.message_id
    # So that no absence notice answers (RFC 3834, and Outlook's own).
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    rendered = render(letter)
    made.set_content(rendered.text, cte="quoted-printable")
    made.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        made.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=_one_line(attachment.name),
        )
    return made


def _address_header(person: Mailbox) -> Address:
    local, _, host = to_ascii_domain(person.address).rpartition("@")
    return Address(display_name=_display_name(person.name), username=local, domain=host)


def _display_name(name: str) -> str:
    """The name for a header, without what would have to be quoted; none where it is long.

    Where Python folds a header, it puts spaces into the words of long names of other
    alphabets, and takes the quotes from long names with a comma, which are then two
    addresses. The letter itself has the whole name.
    """
    line = _one_line(_SPECIALS.sub(" ", name))
    return line if len(line.encode()) <= ENCODED_WORD_LIMIT else ""


def _one_line(words: str) -> str:
    printable = "".join(x if x.isprintable() else " " for x in words)
    return " ".join(printable.split())[:LINE_LIMIT]
