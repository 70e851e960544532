"""Links in messages: a token that nobody guesses, of which the store has a hash, used once."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.routes import LINK
from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.sign_in.tables import LinkRow

TOKEN_LIMIT = 500  # characters; a whole link that was pasted still fits


class Purpose(StrEnum):
    """What a link is for."""

    SIGN_IN = "sign in"
    SET_PASSWORD = "set password"  # noqa: S105 - a purpose and no password


class LinkNotFound(Exception):
    """No link of ours has this token, or not all of it was there."""


class LinkUsed(Exception):
    """The link was used before, or another one in its place."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose)
        self.purpose = purpose


class LinkExpired(Exception):
    """The link's time is over."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose)
        self.purpose = purpose


def create_link(
    db: Session,
    *,
    public_url: str,
    mail_id: int,
    now: datetime,
    until: datetime,
    attendee_ids: Sequence[int] = (),
    member_id: int | None = None,
) -> str:
    """Make a link and answer its address; the token rests nowhere but in the message.

    The token stands behind the ``#``: no browser sends that part to a server, so it is in
    no log, ours or a proxy's, and in no Referer. It is made when the message is written,
    at each attempt anew, and an earlier one of the same message is good until one is used.
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
    return f"{public_url}{LINK}#{token}"


def extract_token(pasted: str) -> str:
    """The token of what came from a form: the token itself, or the whole link as it was pasted."""
    return pasted[:TOKEN_LIMIT].strip().rpartition("#")[2]


def validate_link(db: Session, meeting: str, token: str, *, now: datetime) -> LinkRow:
    """A valid link; it stays unused. Raises LinkNotFound, LinkUsed and LinkExpired."""
    return _valid(_find(db, meeting, token), now)


def redeem_link(db: Session, meeting: str, token: str, *, now: datetime) -> LinkRow:
    """Use a link up, with every other of its message or its member. Raises as `validate_link` does.

    Of two that come at once with the same link, one gets in.
    """
    link = _valid(_find(db, meeting, token, lock=True), now)
    replaced = (
        col(LinkRow.mail_id) == link.mail_id
        if link.member_id is None
        else col(LinkRow.member_id) == link.member_id
    )
    unused = col(LinkRow.used_at).is_(None)
    db.exec(sa.update(LinkRow).where(replaced, unused).values(used_at=now))
    return link


def _find(db: Session, meeting: str, token: str, *, lock: bool = False) -> LinkRow:
    found = (
        select(LinkRow)
        .join(MailQueueRow, col(MailQueueRow.id) == LinkRow.mail_id)
        .join(MeetingRow, col(MeetingRow.id) == MailQueueRow.meeting_id)
        .where(LinkRow.token_hash == token_hash(token), MeetingRow.code == meeting)
    )
    if lock:
        # Read again even where `validate_link` has read it: somebody else may have used it since.
        found = found.with_for_update(of=LinkRow).execution_options(populate_existing=True)
    row = db.exec(found).one_or_none()
    if row is None:
        raise LinkNotFound
    return row


def _valid(row: LinkRow, now: datetime) -> LinkRow:
    purpose = Purpose(row.purpose)
    if row.used_at is not None:
        raise LinkUsed(purpose)
    if row.expires_at <= now:
        raise LinkExpired(purpose)
    return row
