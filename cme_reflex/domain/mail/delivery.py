"""What goes by e-mail: the kinds of messages, how long each is worth sending, and addresses."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

ADDRESS_LIMIT = 254  # characters; RFC 5321 leaves room for no more in a command
LOCAL_PART_LIMIT = 64  # characters before the @, by the same

_INITIAL_DELAY = timedelta(seconds=30)
_MAX_DELAY = timedelta(hours=4)
_BACKOFF_FACTOR = 4  # 30 s, 2 min, 8 min, 32 min, 2 h 8 min, then every 4 h

# Spaces, controls, and what only quotes or comments would need: nobody is registered with these.
_FORBIDDEN_CHARACTERS = re.compile(r'[\s\x00-\x1f\x7f-\x9f<>()\[\]\\,;:"]')


class MailKind(StrEnum):
    """What a message is about."""

    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    SIGN_IN_LINK = "sign-in link"
    INVITATION = "invitation"


class DeliveryState(StrEnum):
    """What became of a message in the outbox.

    `dead` is for staff to look at; `withdrawn` was not worth sending any more;
    `uncertain` may have been sent when its process ended.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    UNCERTAIN = "uncertain"
    DEAD = "dead"


class InvalidAddress(ValueError):
    """No e-mail address that a message could be sent to."""


TIME_TO_LIVE: Mapping[MailKind, timedelta] = {
    MailKind.CONFIRMATION: timedelta(days=5),
    MailKind.REMINDER: timedelta(days=1),
    # Who waits for longer has long since asked again, or the help desk.
    MailKind.SIGN_IN_LINK: timedelta(minutes=30),
    MailKind.INVITATION: timedelta(days=5),
}
"""For how long a message is tried before it is given up."""

SIGN_IN_LINK_LIFETIME = timedelta(minutes=15)
INVITATION_LIFETIME = timedelta(days=7)

RESENT_WHEN_UNCERTAIN = frozenset({MailKind.CONFIRMATION, MailKind.REMINDER, MailKind.INVITATION})
"""The kinds that are sent again where a process ended between sending and noting it.

A certificate twice is better than none, and a receiver may drop the second one,
because its Message-ID is the same. A sign-in link that comes again minutes
later only confuses who has long since asked for another.
"""


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts that may succeed later."""
    pause = _INITIAL_DELAY
    for _ in range(attempts - 1):
        pause = min(pause * _BACKOFF_FACTOR, _MAX_DELAY)
    return pause


def parse_address(text: str) -> str:
    """An e-mail address as it is written, without spaces around it. Raises InvalidAddress.

    Letters of every alphabet may stand on both sides of the @; what is quoted may not.
    """
    written = text.strip()
    local, at, host = written.rpartition("@")
    labels = host.split(".")
    if (
        not (local and at and all(labels))
        or "@" in local
        or len(written) > ADDRESS_LIMIT
        or len(local) > LOCAL_PART_LIMIT
        or _FORBIDDEN_CHARACTERS.search(written)
        or not written.isprintable()
        or not all(local.split("."))
    ):
        raise InvalidAddress("This is no e-mail address")
    return written
