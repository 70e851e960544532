"""A sign-in link by e-mail, for those whose number is not at hand."""

import re
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.mail.delivery import SIGN_IN_LINK_LIFETIME, InvalidAddress, MailKind
from cme_reflex.domain.sign_in.rate_limits import Quota
from cme_reflex.formats.mail.addresses import domain_variants, to_ascii_domain
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import MailJob, MessageWithdrawn, RenderedMail
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication, links, rate_limits
from cme_reflex.store import database
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.text.mail import messages

CLIENT_LIMIT = Quota(scope="links asked from", limit=100, window=timedelta(minutes=10))
"""Requests from one place: a congress centre has one address, an attacker a few."""

RECIPIENT_LIMIT = Quota(scope="links asked for", limit=3, window=timedelta(minutes=15))
"""Requests for one e-mail address, known or not: nobody's mailbox is filled by strangers."""

_ASCII_UPPER = re.compile("[A-Z]+")


async def request_link(meeting: str, typed: str, *, client: str, now: datetime) -> None:
    """Ask for a link to this address; whether anybody has it, is found out by whoever sends.

    The answer, the queries and what they write are the same for a known address
    and an unknown one. `client` is where the request comes from. It passes the
    locks of numbers, which it is the way around. Raises InvalidAddress and TooManyAttempts.
    """
    recipient = _fold(to_ascii_domain(typed))
    await rate_limits.check(
        (CLIENT_LIMIT, client), (RECIPIENT_LIMIT, f"{meeting} {recipient}"), now=now
    )
    key = token_urlsafe()

    def enqueue(db: Session) -> None:
        queue.enqueue(
            db,
            meeting_id=cast(int, programme_cache.meeting_by_code(db, meeting).id),
            kind=MailKind.SIGN_IN_LINK,
            recipient=recipient,
            key=key,
            now=now,
        )

    await database.write(enqueue)


def render_sign_in_link(db: Session, job: MailJob) -> RenderedMail:
    """Write the link, to the address as it is registered; to a stranger's nothing is sent."""
    attendees = _registered_at(db, job.row.meeting_id, job.row.recipient)
    if not attendees:
        raise MessageWithdrawn("Nobody is registered with this address.", unknown_recipient=True)
    url = links.create_link(
        db,
        public_url=job.public_url,
        mail_id=cast(int, job.row.id),
        now=job.now,
        until=job.now + SIGN_IN_LINK_LIFETIME,
        attendee_ids=[cast(int, attendee.id) for attendee in attendees],
    )
    names = {authentication.attendee_from_row(attendee).name for attendee in attendees}
    name = names.pop() if len(names) == 1 else ""
    minutes = int(SIGN_IN_LINK_LIFETIME.total_seconds() // 60)
    content = messages.sign_in_link(job.meeting, name=name, minutes=minutes, url=url)
    return RenderedMail(content, name, attendees[0].email)


async def sign_in_with_link(
    meeting: str, token: str, *, now: datetime
) -> authentication.SignInResult | None:
    """Sign in with a link and use it up; None for a good link that sets a password instead.

    Whoever has several registrations under the address is asked which, as after
    a member's credential. Raises LinkNotFound, LinkUsed, LinkExpired and NotRegistered.
    """

    def sign_in(db: Session) -> authentication.SignInResult | None:
        link = links.validate_link(db, meeting, token, now=now)
        if link.purpose == links.Purpose.SET_PASSWORD:
            return None
        links.redeem_link(db, meeting, token, now=now)
        theirs = (
            select(AttendeeRow)
            .where(col(AttendeeRow.id).in_(link.attendee_ids))
            .order_by(col(AttendeeRow.id))
        )
        return authentication.start_session(db, db.exec(theirs).all(), now=now)

    return await database.write(sign_in)


def _registered_at(db: Session, meeting_id: int, recipient: str) -> list[AttendeeRow]:
    """Whoever is registered with this very address; only A to Z may be written in either case.

    The database's idea of lower case is wider, and with it a look-alike of somebody's
    address, in letters of another alphabet, would be theirs.
    """
    forms = [sa.func.lower(form) for form in domain_variants(recipient)]
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
        return _fold(to_ascii_domain(registered))
    except InvalidAddress:
        return ""


def _fold(written: str) -> str:
    return _ASCII_UPPER.sub(lambda found: found[0].lower(), written)
