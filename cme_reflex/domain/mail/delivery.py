"""Mail delivery: kinds of messages, time to live, retry delays and e-mail addresses."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

ADDRESS_LIMIT = 254  # characters (RFC 5321: a path of 256 with its angle brackets)
LOCAL_PART_LIMIT = 64  # characters before the @ (RFC 5321)

_INITIAL_DELAY = timedelta(seconds=30)
_MAX_DELAY = timedelta(hours=4)
_BACKOFF_FACTOR = 4  # 30 s, 2 min, 8 min, 32 min, 2 h 8 min, then every 4 h

# Spaces, control characters, and characters that only quoted parts and comments need; no
# registered address has them.
_FORBIDDEN_CHARACTERS = re.compile(r'[\s\x00-\x1f\x7f-\x9f<>()\[\]\\,;:"]')


class MailKind(StrEnum):
    """Kinds of messages."""

    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    SIGN_IN_LINK = "sign-in link"
    INVITATION = "invitation"
    WITHDRAWAL = "withdrawal"
    ADDRESS_CHANGED = "address changed"


class DeliveryState(StrEnum):
    """Delivery state of a queued message.

    `dead` failed permanently and needs the attention of staff. `withdrawn` was no
    longer worth sending. `uncertain` may have been sent before its process ended.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    UNCERTAIN = "uncertain"
    DEAD = "dead"


class InvalidAddress(ValueError):
    """The text is not a deliverable e-mail address."""


TIME_TO_LIVE: Mapping[MailKind, timedelta] = {
    MailKind.CONFIRMATION: timedelta(days=5),
    MailKind.REMINDER: timedelta(days=1),
    # After that, people have requested another link or called the help desk.
    MailKind.SIGN_IN_LINK: timedelta(minutes=30),
    MailKind.INVITATION: timedelta(days=5),
    MailKind.WITHDRAWAL: timedelta(days=5),
    MailKind.ADDRESS_CHANGED: timedelta(days=5),
}
"""Time during which delivery of a message is retried."""

ONLY_TO_SIGN_IN = frozenset({MailKind.REMINDER, MailKind.SIGN_IN_LINK, MailKind.INVITATION})
"""Kinds that are of use only to somebody who can sign in."""

RESENT_WHEN_UNCERTAIN = frozenset(MailKind) - {MailKind.SIGN_IN_LINK}
"""Kinds that are sent again if a process ended between sending and recording it.

Two certificates are better than none, and the receiver may drop the second one,
because its Message-ID is the same. A sign-in link that arrives again minutes
later only confuses people who have already requested another.
"""


def retry_delay(attempts: int) -> timedelta:
    """The delay before the next attempt, after this number of temporary failures."""
    delay = _INITIAL_DELAY
    for _ in range(attempts - 1):
        delay = min(delay * _BACKOFF_FACTOR, _MAX_DELAY)
    return delay


def same_address(one: str, other: str) -> bool:
    """Whether two registered addresses are the same, whatever their case."""
    return one.strip().casefold() == other.strip().casefold()


def parse_address(text: str) -> str:
    """Validate an e-mail address and return it without surrounding spaces.

    Letters of every alphabet are allowed on both sides of the @; quoted parts are not.
    Raises InvalidAddress.
    """
    address = text.strip()
    local, at, host = address.rpartition("@")
    labels = host.split(".")
    if (
        not (local and at and all(labels))
        or "@" in local
        or len(address) > ADDRESS_LIMIT
        or len(local) > LOCAL_PART_LIMIT
        or _FORBIDDEN_CHARACTERS.search(address)
        or not address.isprintable()
        or not all(local.split("."))
    ):
        raise InvalidAddress("This is not an e-mail address")
    return address
