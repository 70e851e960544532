"""Passwords that members set themselves, through a link; none is ever printed or sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlmodel import Session, col, select

from cme_reflex import letters
from cme_reflex.domain import passwords
from cme_reflex.domain.mail import INVITATION_LASTS, Kind, State
from cme_reflex.domain.names import full_name
from cme_reflex.exchange.meeting_document import meeting_from_document
from cme_reflex.services import links, outbox, programme
from cme_reflex.services.correspondence import Task, Withdrawn, Written
from cme_reflex.services.signin import PasswordsNotTaken
from cme_reflex.store import database
from cme_reflex.store import outbox as rows
from cme_reflex.store.tables import AttendeeRow, MemberRow, OutboxRow, SignInRow

TIMEOUT = 60.0  # seconds for a statement about all members: no page waits for it


class UnknownMembers(LookupError):
    """There are no members with these usernames."""

    def __init__(self, usernames: Sequence[str]) -> None:
        super().__init__(usernames)
        self.usernames = tuple(usernames)


@dataclass(frozen=True, slots=True)
class Invited:
    """Usernames: who is invited now, who has a message on its way, and who has no address."""

    meeting: str
    dry_run: bool
    invited: tuple[str, ...]
    before: tuple[str, ...]
    without_address: tuple[str, ...]


async def invite(
    meeting: str, usernames: Sequence[str] = (), *, now: datetime, dry_run: bool = False
) -> Invited:
    """Send these members, or all without a password, a link to set one.

    Who is named gets a link also where there is a password, or an earlier link that
    is still good; but not two before the first is sent. With `dry_run` the same is
    done and taken back. Raises UnknownMembers, UnknownMeeting, and PasswordsNotTaken where
    members use the society's single sign-on; then nobody is invited.
    """

    def enqueue(db: Session) -> Invited:
        row = programme.meeting_by_code(db, meeting)
        meeting_id = cast(int, row.id)
        if meeting_from_document(row.document).single_sign_on is not None:
            raise PasswordsNotTaken
        members = _members(db, usernames)
        earlier: dict[int, list[OutboxRow]] = {}
        for message in rows.posted(db, meeting_id, Kind.INVITATION):
            earlier.setdefault(message.payload["member"], []).append(message)
        groups: dict[str, list[str]] = {"new": [], "before": [], "nowhere": []}
        for member in members:
            sent = earlier.get(cast(int, member.id), [])
            group = _group(member, sent, named=bool(usernames), now=now)
            groups[group].append(member.username)
            if group == "new":
                outbox.post(
                    db,
                    meeting_id=meeting_id,
                    kind=Kind.INVITATION,
                    recipient=member.email,
                    key=f"{meeting}:{member.id}:{len(sent) + 1}",
                    now=now,
                    member=member.id,
                )
        return Invited(
            meeting=meeting,
            dry_run=dry_run,
            invited=tuple(groups["new"]),
            before=tuple(groups["before"]),
            without_address=tuple(groups["nowhere"]),
        )

    return await database.write(enqueue, dry_run=dry_run, timeout=TIMEOUT)


def write(db: Session, task: Task) -> Written:
    """Write an invitation, with a link of its own."""
    member = db.get(MemberRow, task.row.payload["member"])
    if member is None:
        raise Withdrawn("There is no such member any more.")
    until = task.now + INVITATION_LASTS
    url = links.new_link(
        db,
        public_url=task.public_url,
        outbox_id=cast(int, task.row.id),
        now=task.now,
        until=until,
        member_id=member.id,
    )
    name = full_name(member.first_name, member.last_name, member.suffix)
    letter = letters.invitation(
        task.meeting, name=name, username=member.username, until=until, url=url
    )
    return Written(letter, name, task.row.recipient)


async def set_password(meeting: str, token: str, password: str, *, now: datetime) -> None:
    """Set the password of the member who got this link, and use the link up.

    Every sign-in of the member ends, and so do the other links to set a password.
    Raises UnfitPassword, with the link still good, and what `links.look` raises.
    """

    def load(db: Session) -> MemberRow:
        link = links.look(db, meeting, token, now=now)
        if link.member_id is None:
            raise links.LinkUnknown
        return db.get_one(MemberRow, link.member_id)

    member = await database.read(load)
    known = (member.username, member.first_name, member.last_name, meeting)
    passwords.require_fit(password, known=known)
    # Hashing takes a good part of a tenth of a second: not on everybody's event loop.
    hashed = await asyncio.to_thread(PasswordHasher().hash, password)

    def save(db: Session) -> None:
        links.use(db, meeting, token, now=now)
        of_member = sa.update(MemberRow).where(col(MemberRow.id) == member.id)
        db.exec(of_member.values(password_hash=hashed))
        theirs = select(AttendeeRow.id).where(AttendeeRow.member_id == member.id)
        db.exec(sa.delete(SignInRow).where(col(SignInRow.attendee_id).in_(theirs)))

    await database.write(save)


def _members(db: Session, usernames: Sequence[str]) -> list[MemberRow]:
    wanted = [username.strip().casefold() for username in usernames]
    found = select(MemberRow).order_by(MemberRow.username)
    if wanted:
        found = found.where(col(MemberRow.username).in_(wanted))
    else:
        found = found.where(MemberRow.password_hash == "")
    members = list(db.exec(found))
    if missing := sorted(set(wanted) - {member.username for member in members}):
        raise UnknownMembers(missing)
    return members


def _group(member: MemberRow, sent: Sequence[OutboxRow], *, named: bool, now: datetime) -> str:
    if not member.email:
        return "nowhere"
    on_its_way = any(row.state in (State.WAITING, State.SENDING) for row in sent)
    still_good = any(
        row.state in (State.SENT, State.UNCERTAIN)
        and (row.sent_at or row.created_at) + INVITATION_LASTS > now
        for row in sent
    )
    return "before" if on_its_way or (still_good and not named) else "new"
