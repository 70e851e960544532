"""A sign-in link by e-mail, for those whose number is not at hand."""

import re
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex import letters
from cme_reflex.domain.attempts import Quota
from cme_reflex.domain.mail import SIGN_IN_LINK_LASTS, InvalidAddress, Kind
from cme_reflex.exchange.mail_address import wire_address, written_forms
from cme_reflex.services import links, outbox, programme, signin, throttle
from cme_reflex.services.correspondence import Task, Withdrawn, Written
from cme_reflex.store import database
from cme_reflex.store.tables import AttendeeRow

FROM_ADDRESS = Quota(scope="links asked from", most=100, window=timedelta(minutes=10))
"""Requests from one place: a congress centre has one address, an attacker a few."""

TO_ADDRESS = Quota(scope="links asked for", most=3, window=timedelta(minutes=15))
"""Requests for one e-mail address, known or not: nobody's mailbox is filled by strangers."""

_ASCII_UPPER = re.compile("[A-Z]+")


async def ask(meeting: str, typed: str, *, client: str, now: datetime) -> None:
    """Ask for a link to this address; whether anybody has it, is found out by whoever sends.

    The answer, the queries and what they write are the same for a known address
    and an unknown one. `client` is where the request comes from. It passes the
    locks of numbers, which it is the way around. Raises InvalidAddress and TooManyAttempts.
    """
    recipient = _fold(wire_address(typed))
    await throttle.attempt((FROM_ADDRESS, client), (TO_ADDRESS, f"{meeting} {recipient}"), now=now)
    key = token_urlsafe()

    def enqueue(db: Session) -> None:
        outbox.post(
            db,
            meeting_id=cast(int, programme.meeting_by_code(db, meeting).id),
            kind=Kind.SIGN_IN_LINK,
            recipient=recipient,
            key=key,
            now=now,
        )

    await database.write(enqueue)


def write(db: Session, task: Task) -> Written:
    """Write the link, to the address as it is registered; to a stranger's nothing is sent."""
    attendees = _registered_at(db, task.row.meeting_id, task.row.recipient)
    if not attendees:
        raise Withdrawn("Nobody is registered with this address.", nobody=True)
    url = links.new_link(
        db,
        public_url=task.public_url,
        outbox_id=cast(int, task.row.id),
        now=task.now,
        until=task.now + SIGN_IN_LINK_LASTS,
        attendee_ids=[cast(int, attendee.id) for attendee in attendees],
    )
    names = {signin.attendee_of(attendee).name for attendee in attendees}
    name = names.pop() if len(names) == 1 else ""
    minutes = int(SIGN_IN_LINK_LASTS.total_seconds() // 60)
    letter = letters.sign_in_link(task.meeting, name=name, minutes=minutes, url=url)
    return Written(letter, name, attendees[0].email)


async def open_link(meeting: str, token: str, *, now: datetime) -> signin.Admission | None:
    """Sign in with a link and use it up; None for a good link that sets a password instead.

    Whoever has several registrations under the address is asked which, as after
    a member's credential. Raises LinkUnknown, LinkUsed, LinkExpired and NotRegistered.
    """

    def sign_in(db: Session) -> signin.Admission | None:
        link = links.look(db, meeting, token, now=now)
        if link.purpose == links.Purpose.SET_PASSWORD:
            return None
        links.use(db, meeting, token, now=now)
        theirs = (
            select(AttendeeRow)
            .where(col(AttendeeRow.id).in_(link.attendee_ids))
            .order_by(col(AttendeeRow.id))
        )
        return signin.admit(db, db.exec(theirs).all(), now=now)

    return await database.write(sign_in)


def _registered_at(db: Session, meeting_id: int, recipient: str) -> list[AttendeeRow]:
    """Whoever is registered with this very address; only A to Z may be written in either case.

    The database's idea of lower case is wider, and with it a look-alike of somebody's
    address, in letters of another alphabet, would be theirs.
    """
    forms = [sa.func.lower(form) for form in written_forms(recipient)]
    alike = (
        select(AttendeeRow)
        .where(
            AttendeeRow.meeting_id == meeting_id,
            sa.func.lower(AttendeeRow.email).in_(forms),
        )
        .order_by(col(AttendeeRow.id))
    )
    return [row for row in db.exec(alike) if _canonical(row.email) == recipient]


def _canonical(registered: str) -> str:
    try:
        return _fold(wire_address(registered))
    except InvalidAddress:
        return ""


def _fold(written: str) -> str:
    return _ASCII_UPPER.sub(lambda found: found[0].lower(), written)
