"""Cookie of a browser that has signed in to a registration before: no lock stops it.

It is no second datum: where a meeting asks for both numbers, so it does at a known browser.
It holds a signed tag for each of the last few registrations, and no data of a person: who does not
know the secret cannot tell whose tags they are. It outlives sign-out, and is no sign-in: name and
number are required as ever.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from cme_reflex.settings import settings
from cme_reflex.store.people.tables import AttendeeRow

LIFETIME = timedelta(days=90)  # from the first day of a meeting to the end of its claim period
REGISTRATIONS = 8  # in one cookie, the latest first: a family's tablet, the society's desk
COOKIE_LIMIT = 600  # characters

_SEPARATOR = "."
_TAG_BYTES = 18  # 144 bits


class Registration(NamedTuple):
    """A registration, and since when its browsers are remembered (aware UTC); None: always."""

    attendee_id: int
    forgotten_at: datetime | None


def remember(cookie: str, attendee_id: int, *, now: datetime) -> str:
    """The cookie's new value after a sign-in to this registration."""
    registration = Registration(attendee_id, None)
    others = [tag for tag in _tags(cookie) if not _matches(tag, registration, now)]
    return _SEPARATOR.join([_tag(attendee_id, int(now.timestamp())), *others][:REGISTRATIONS])


def known_by(cookie: str, registrations: Sequence[Registration], *, now: datetime) -> str:
    """The tag of the browser's last sign-in to one of these registrations; empty without one."""
    matching = (tag for tag in _tags(cookie) for each in registrations if _matches(tag, each, now))
    return next(matching, "")


def known_among(cookie: str, rows: Iterable[AttendeeRow], *, now: datetime) -> str:
    """Like `known_by`, for the rows of registrations."""
    registrations = [Registration(cast(int, row.id), row.browsers_forgotten_at) for row in rows]
    return known_by(cookie, registrations, now=now)


def _matches(tag: str, registration: Registration, now: datetime) -> bool:
    issued, _, _ = tag.partition("-")
    if not (issued.isascii() and issued.isdigit() and len(issued) < 12):
        return False
    issued_at = datetime.fromtimestamp(int(issued), UTC)
    forgotten_at = registration.forgotten_at
    return (
        timedelta(0) <= now - issued_at < LIFETIME
        and (forgotten_at is None or issued_at > forgotten_at)
        and hmac.compare_digest(_tag(registration.attendee_id, int(issued)).encode(), tag.encode())
    )


def _tags(cookie: str) -> list[str]:
    short = cookie if len(cookie) <= COOKIE_LIMIT and cookie.isascii() else ""
    return [tag for tag in short.split(_SEPARATOR) if tag][:REGISTRATIONS]


def _tag(attendee_id: int, issued: int) -> str:
    secret = settings().secret.get_secret_value().encode()
    digest = hmac.digest(secret, f"known browser {attendee_id} {issued}".encode(), "sha256")
    return f"{issued}-{urlsafe_b64encode(digest[:_TAG_BYTES]).decode()}"
