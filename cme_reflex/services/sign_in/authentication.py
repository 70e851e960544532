"""Authentication of a request or an event by its cookie."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import read, write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.sign_in.tables import SignInRow

IDLE_TIMEOUT = timedelta(hours=12)  # lasts through a day of sessions, not overnight
LAST_SEEN_PRECISION = timedelta(minutes=5)  # so that not every event writes

_METHODS = {str(method): method for method in SignInMethod}  # the enum takes ten times as long

# Executed at every event, so it is built once: building takes longer than executing.
_BY_TOKEN = (
    select(
        AttendeeRow,
        MeetingRow.version,
        SignInRow.seen_at,
        sa.func.coalesce(ClaimRow.revision, 0).label("claim_revision"),
    )
    .join(SignInRow, col(SignInRow.attendee_id) == AttendeeRow.id)
    .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
    .outerjoin(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
    .where(
        SignInRow.token_hash == sa.bindparam("token"),
        col(SignInRow.expires_at) > sa.bindparam("now"),
        col(SignInRow.seen_at) > sa.bindparam("idle"),
        MeetingRow.code == sa.bindparam("meeting"),
    )
    .add_columns(col(SignInRow.method))
)


class NotSignedIn(Exception):
    """The cookie has no token of a valid sign-in."""


async def authenticate(meeting: str, token: str, *, now: datetime) -> RequestContext:
    """The request context of a sign-in's token, with the newest programme. Raises NotSignedIn."""
    return await authenticate_hash(meeting, token_hash(token), now=now)


async def authenticate_hash(meeting: str, hashed: str, *, now: datetime) -> RequestContext:
    """Like `authenticate`, by the token's hash, which is computed once for a connection."""
    found = await read(lambda db: find_sign_in(db, meeting, hashed, now=now))
    await touch(found, now=now)
    return found.context


class FoundSignIn(NamedTuple):
    """A valid sign-in: its token's hash, its request context, and its last recorded use (aware)."""

    token_hash: str
    context: RequestContext
    seen_at: datetime


def find_sign_in(db: Session, meeting: str, hashed: str, *, now: datetime) -> FoundSignIn:
    """The sign-in whose token has this hash, in one query. Raises NotSignedIn."""
    parameters = {"token": hashed, "now": now, "idle": now - IDLE_TIMEOUT, "meeting": meeting}
    # Columns have the same names as an object's attributes, and cost a third of it.
    row: Any = db.connection().execute(_BY_TOKEN, parameters).one_or_none()
    if row is None:
        raise NotSignedIn
    newest = programme_cache.get_in(db, row.meeting_id, row.version)
    context = RequestContext(
        attendee_from_row(row),
        newest.meeting,
        newest,
        claim_revision=row.claim_revision,
        method=_METHODS[row.method],
        sign_in=hashed,
    )
    return FoundSignIn(hashed, context, row.seen_at)


async def touch(found: FoundSignIn, *, now: datetime) -> None:
    """Record the sign-in's use, at most every few minutes."""
    if found.seen_at > now - LAST_SEEN_PRECISION:
        return
    # An update that matches only an existing, older row: another tab may have signed out.
    statement = sa.update(SignInRow).where(
        col(SignInRow.token_hash) == found.token_hash, col(SignInRow.seen_at) < now
    )
    await write(lambda db: db.exec(statement.values(seen_at=now)))


def attendee_from_row(row: AttendeeRow) -> Attendee:
    """The attendee of a registration's row."""
    return Attendee(
        id=cast(int, row.id),
        last_name=row.last_name,
        first_name=row.first_name,
        suffix=row.suffix,
        entered_name=row.name_on_certificate,
        badge=row.badge,
        profession=row.corrected_profession or row.profession,
        registration_type=row.registration_type,
    )
