"""Single-use links in messages: creation, validation and redemption."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.sign_in.tables import LinkRow

TOKEN_LIMIT = 500  # characters; enough for a whole pasted link


class Purpose(StrEnum):
    """Purposes of a link."""

    SIGN_IN = "sign in"
    SET_PASSWORD = "set password"  # noqa: S105 - a purpose and no password


class LinkNotFound(Exception):
    """The token is unknown or incomplete."""


class LinkOfAnotherMeeting(LinkNotFound):
    """The link was sent for another meeting, that with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LinkUsed(Exception):
    """The link was used before, or replaced by another one that was used."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose)
        self.purpose = purpose


class LinkExpired(Exception):
    """The link has expired."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose)
        self.purpose = purpose


def create_link(
    db: Session,
    *,
    page: str,
    mail_id: int,
    now: datetime,
    until: datetime,
    attendee_ids: Sequence[int] = (),
    member_id: int | None = None,
) -> str:
    """Create a link and return its URL. The token itself is stored nowhere.

    `page` is the URL of the page that uses links.

    The token is in the URL's fragment, after the ``#``. Browsers do not send it to servers, so it
    appears in no log or Referer header. Each attempt to send a message creates a new token;
    earlier ones of the same message are valid until one is used.
    """
    token = new_token()
    purpose = Purpose.SIGN_IN if member_id is None else Purpose.SET_PASSWORD
    db.add(
        LinkRow(
            token_hash=token_hash(token),
            purpose=purpose,
            mail_id=mail_id,
            attendee_ids=list(attendee_ids),
            member_id=member_id,
            created_at=now,
            expires_at=until,
        )
    )
    return f"{page}#{token}"


def extract_token(pasted: str) -> str:
    """The token from form input, which may be the token itself or a whole pasted link."""
    return pasted[:TOKEN_LIMIT].strip().rpartition("#")[2]


def validate_link(db: Session, meeting: str, token: str, *, now: datetime) -> LinkRow:
    """Find and validate a link without using it.

    Raises LinkNotFound, LinkOfAnotherMeeting, LinkUsed, LinkExpired.
    """
    return _require_valid(_find(db, meeting, token), now)


def redeem_link(db: Session, meeting: str, token: str, *, now: datetime) -> LinkRow:
    """Mark a link as used, with all others of its message or its member.

    Of two simultaneous requests with the same link, one succeeds. Raises as `validate_link` does.
    """
    link = _require_valid(_find(db, meeting, token, lock=True), now)
    replaced = (
        col(LinkRow.mail_id) == link.mail_id
        if link.member_id is None
        else col(LinkRow.member_id) == link.member_id
    )
    unused = col(LinkRow.used_at).is_(None)
    db.exec(sa.update(LinkRow).where(replaced, unused).values(used_at=now))
    return link


def _find(db: Session, meeting: str, token: str, *, lock: bool = False) -> LinkRow:
    query = (
        select(LinkRow, MeetingRow.code)
        .join(MailQueueRow, col(MailQueueRow.id) == LinkRow.mail_id)
        .join(MeetingRow, col(MeetingRow.id) == MailQueueRow.meeting_id)
        .where(LinkRow.token_hash == token_hash(token))
    )
    if lock:
        # Reload the row that `validate_link` has read: it may have been used since.
        query = query.with_for_update(of=LinkRow).execution_options(populate_existing=True)
    found = db.exec(query).one_or_none()
    if found is None:
        raise LinkNotFound
    row, code = found
    if code != meeting:
        raise LinkOfAnotherMeeting(code)
    return row


def _require_valid(row: LinkRow, now: datetime) -> LinkRow:
    purpose = Purpose(row.purpose)
    if row.used_at is not None:
        raise LinkUsed(purpose)
    if row.expires_at <= now:
        raise LinkExpired(purpose)
    return row
