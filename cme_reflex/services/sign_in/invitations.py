"""Invitations: links with which members set their own passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.mail.delivery import (
    DeliveryState,
    MailKind,
    same_address,
)
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.names import full_name
from cme_reflex.domain.sign_in.link_lifetimes import INVITATION_LIFETIME
from cme_reflex.domain.sign_in.strength import ADDRESS_TRUSTED_AFTER, is_fresh_address
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.routes import LINK
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import MailJob, MessageWithdrawn, RenderedMail
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import links, rate_limits, registrations
from cme_reflex.services.sign_in.credentials import PasswordSignInDisabled
from cme_reflex.services.sign_in.members import members_of
from cme_reflex.services.sign_in.passwords import hash_password, require_strong_password
from cme_reflex.store import database
from cme_reflex.store.mail import queue as rows
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.sign_in.tables import LinkRow, SignInRow
from cme_reflex.text.mail import messages

TIMEOUT = 60.0  # seconds per statement about all members; no page waits for it

PASSWORDS_PER_LINK = rate_limits.Quota(
    scope="passwords by a link", limit=20, window=timedelta(hours=1)
)
"""Passwords that are proposed with one link: each costs up to half a second to compare."""


class MembersNotFound(LookupError):
    """There are no members with these usernames."""

    def __init__(self, usernames: Sequence[str]) -> None:
        super().__init__(usernames)
        self.usernames = tuple(usernames)


@dataclass(frozen=True, slots=True)
class InvitationResult:
    """Usernames of members invited now, invited before, and without an e-mail address."""

    meeting: str
    dry_run: bool
    invited: tuple[str, ...]
    before: tuple[str, ...]
    without_address: tuple[str, ...]


async def invite(
    meeting: str, usernames: Sequence[str] = (), *, now: datetime, dry_run: bool = False
) -> InvitationResult:
    """Send a link to set a password to these members, or to all without a password.

    A named member gets a link even with a password or an earlier valid link, but no second
    link before the first is sent. `dry_run` does the same and rolls it back. Raises
    MembersNotFound, MeetingNotFound, and PasswordSignInDisabled if members use the society's
    single sign-on; then nobody is invited.
    """

    def enqueue(db: Session) -> InvitationResult:
        row = programme_cache.meeting_by_code(db, meeting)
        meeting_id = cast(int, row.id)
        terms = meeting_from_document(row.document)
        if terms.single_sign_on is not None:
            raise PasswordSignInDisabled
        members = _members(db, terms, usernames)
        earlier: dict[int, list[MailQueueRow]] = {}
        for message in rows.messages_of_kind(db, meeting_id, MailKind.INVITATION):
            earlier.setdefault(message.payload["member"], []).append(message)
        groups: dict[str, list[str]] = {"new": [], "before": [], "without_address": []}
        for member in members:
            sent = earlier.get(cast(int, member.id), [])
            group = _group(member, sent, named=bool(usernames), now=now)
            groups[group].append(member.username)
            if group == "new":
                queue.enqueue(
                    db,
                    meeting_id=meeting_id,
                    kind=MailKind.INVITATION,
                    recipient=member.email,
                    key=f"{meeting}:{member.id}:{len(sent) + 1}",
                    now=now,
                    member=member.id,
                )
        return InvitationResult(
            meeting=meeting,
            dry_run=dry_run,
            invited=tuple(groups["new"]),
            before=tuple(groups["before"]),
            without_address=tuple(groups["without_address"]),
        )

    return await database.write(enqueue, dry_run=dry_run, timeout=TIMEOUT)


def render_invitation(db: Session, job: MailJob) -> RenderedMail:
    """Render an invitation, with a new link."""
    member = db.get(MemberRow, job.row.payload["member"])
    if member is None:
        raise MessageWithdrawn("There is no such member any more.")
    until = job.now + INVITATION_LIFETIME
    url = links.create_link(
        db,
        page=f"{job.meeting_url}{LINK}",
        mail_id=cast(int, job.row.id),
        now=job.now,
        until=until,
        member_id=member.id,
    )
    name = full_name(member.first_name, member.last_name, member.suffix)
    content = messages.invitation(
        job.meeting, name=name, username=member.username, until=until, url=url
    )
    return RenderedMail(content, name, job.row.recipient)


async def set_password(meeting: str, token: str, password: str, *, now: datetime) -> None:
    """Set the password of the member with this link, and mark the link as used.

    All sign-ins of the member end, pending ones as well, and other links to set a password become
    invalid. By a link to an address that was changed recently, the password counts as weak as long
    as the address. Raises InvalidPassword, after which the link is still valid, TooManyAttempts
    with this link, and what `links.validate_link` raises.
    """

    def load(db: Session) -> tuple[str, MemberRow]:
        link = links.validate_link(db, meeting, token, now=now)
        if link.member_id is None:
            raise links.LinkNotFound
        return link.token_hash, db.get_one(MemberRow, link.member_id)

    link_hash, member = await database.read(load)
    await rate_limits.check((PASSWORDS_PER_LINK, link_hash), now=now)
    personal_words = (member.username, member.first_name, member.last_name, meeting)
    await require_strong_password(password, personal_words)
    hashed = await hash_password(password)

    def save(db: Session) -> None:
        link = links.redeem_link(db, meeting, token, now=now)
        row = db.get_one(MemberRow, member.id, with_for_update=True, populate_existing=True)
        row.password_hash = hashed
        row.password_trusted_from = _trusted_from(db, link, row, now)
        own = select(AttendeeRow).where(AttendeeRow.member_id == member.id)
        for attendee in db.exec(own.order_by(col(AttendeeRow.id)).with_for_update()):
            registrations.end_pending(attendee, now=now)
            attendee_id = cast(int, attendee.id)
            db.exec(sa.delete(SignInRow).where(col(SignInRow.attendee_id) == attendee_id))

    await database.write(save)


def _trusted_from(db: Session, link: LinkRow, member: MemberRow, now: datetime) -> datetime | None:
    """When a password that was set by this link proves who somebody is; None: at once."""
    sent_to = db.get_one(MailQueueRow, link.mail_id).recipient
    if not same_address(sent_to, member.email):
        return now + ADDRESS_TRUSTED_AFTER
    if is_fresh_address(member.email_changed_at, now):
        return cast(datetime, member.email_changed_at) + ADDRESS_TRUSTED_AFTER
    return None


def _members(db: Session, terms: Meeting, usernames: Sequence[str]) -> list[MemberRow]:
    names = [username.strip().casefold() for username in usernames]
    by_username: dict[str, MemberRow] = {}
    for member in db.exec(members_of(terms)):
        by_username.setdefault(member.username, member)
    if missing := sorted(set(names) - by_username.keys()):
        raise MembersNotFound(missing)
    invited = set(names) or {name for name, row in by_username.items() if not row.password_hash}
    return [by_username[name] for name in sorted(invited)]


def _group(member: MemberRow, sent: Sequence[MailQueueRow], *, named: bool, now: datetime) -> str:
    if not member.email:
        return "without_address"
    is_queued = any(row.state in (DeliveryState.WAITING, DeliveryState.SENDING) for row in sent)
    is_valid = any(
        row.state in (DeliveryState.SENT, DeliveryState.UNCERTAIN)
        and (row.sent_at or row.created_at) + INVITATION_LIFETIME > now
        for row in sent
    )
    return "before" if is_queued or (is_valid and not named) else "new"
