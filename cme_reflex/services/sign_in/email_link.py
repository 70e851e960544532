"""Sign-in links by e-mail, for attendees without their badge number at hand."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.mail.delivery import InvalidAddress, MailKind
from cme_reflex.domain.sign_in.link_lifetimes import SIGN_IN_LINK_LIFETIME
from cme_reflex.domain.sign_in.rate_limits import Quota
from cme_reflex.domain.sign_in.strength import ADDRESS_TRUSTED_AFTER, SignInMethod, is_fresh_address
from cme_reflex.formats.mail.addresses import domain_variants, to_ascii_domain
from cme_reflex.routes import LINK
from cme_reflex.services.mail import queue
from cme_reflex.services.mail.rendering import MailJob, MessageWithdrawn, RenderedMail
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import (
    authentication,
    known_browser,
    links,
    rate_limits,
    registrations,
)
from cme_reflex.store import database
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.people.tables import IS_LISTED, AttendeeRow
from cme_reflex.text.mail import messages

CLIENT_LIMIT = Quota(scope="links asked from", limit=100, window=timedelta(minutes=10))
"""Requests from one IP address; a convention center has one, an attacker a few."""

RECIPIENT_LIMIT = Quota(scope="links asked for", limit=3, window=SIGN_IN_LINK_LIFETIME * 2 / 3)
"""Messages to one e-mail address, registered or not, that one IP address requests."""

MAILBOX_LIMIT = replace(RECIPIENT_LIMIT, scope="links asked for anywhere", limit=12)
"""Messages to one e-mail address that are requested anywhere, to prevent flooding of a mailbox.

Requests beyond these two are answered alike, because anybody can have made those before: their
links went to the address. The window is shorter than a link's lifetime, so the last of them is
still valid. Whoever requests links for somebody else uses up the three of his own address; those
of four addresses use up all.
"""

_ASCII_UPPER = re.compile("[A-Z]+")


async def request_link(
    meeting: str, email: str, *, client: str, now: datetime, known: str = ""
) -> None:
    """Request a sign-in link to this address; the mail worker looks up its attendees.

    The response, the queries and the rows written are the same for registered and unknown
    addresses, and the response is the same where a limit sends no further link. `client` is
    the client's IP address. Lockouts of badge numbers do not apply, because the link is the
    alternative to a number. A browser that this cookie shows to be known for the address is not
    counted with others at its IP address. Raises InvalidAddress, and TooManyAttempts for a client
    that requests too many.
    """
    recipient = _fold(to_ascii_domain(email))
    tag = await _known_recipient(meeting, recipient, known, now) if known else ""
    await rate_limits.check((CLIENT_LIMIT, f"known browser {tag}" if tag else client), now=now)
    try:
        await rate_limits.check(
            (RECIPIENT_LIMIT, f"{meeting} {recipient} from {client}"),
            (MAILBOX_LIMIT, f"{meeting} {recipient}"),
            now=now,
        )
    except rate_limits.TooManyAttempts:
        return
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


async def _known_recipient(meeting: str, recipient: str, cookie: str, now: datetime) -> str:
    """The tag by which a browser is known for a registration with this address."""

    def find(db: Session) -> str:
        meeting_id = cast(int, programme_cache.meeting_by_code(db, meeting).id)
        registered = _registered_at(db, meeting_id, recipient)
        return known_browser.known_among(cookie, registered, now=now)

    return await database.read(find)


def render_sign_in_link(db: Session, job: MailJob) -> RenderedMail:
    """Render the message to the registered address. Raises MessageWithdrawn for an unknown one."""
    attendees = _registered_at(db, job.row.meeting_id, job.row.recipient)
    if not attendees:
        raise MessageWithdrawn("Nobody is registered with this address.", unknown_recipient=True)
    url = links.create_link(
        db,
        page=f"{job.meeting_url}{LINK}",
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


def render_address_changed(db: Session, job: MailJob) -> RenderedMail:
    """Render the notice to a former address that another one has replaced it."""
    content = messages.address_changed(
        job.meeting,
        changed_at=datetime.fromisoformat(job.row.payload["changed_at"]),
        days=ADDRESS_TRUSTED_AFTER.days,
    )
    return RenderedMail(content, "", job.row.recipient)


async def sign_in_with_link(
    meeting: str, token: str, *, now: datetime
) -> registrations.SignInResult | None:
    """Sign in with a link and mark it as used; None for a valid link that sets a password.

    A person with several registrations under the address must choose one. Raises LinkNotFound,
    LinkOfAnotherMeeting, LinkUsed, LinkExpired and NotRegistered.
    """
    # Validated before it is redeemed, so that an unknown link writes nothing.
    valid = await database.read(lambda db: links.validate_link(db, meeting, token, now=now))
    if valid.purpose == links.Purpose.SET_PASSWORD:
        return None

    def sign_in(db: Session) -> registrations.SignInResult:
        link = links.redeem_link(db, meeting, token, now=now)
        requested_at = db.get_one(MailQueueRow, link.mail_id).created_at
        linked = (
            select(AttendeeRow)
            .where(col(AttendeeRow.id).in_(link.attendee_ids), IS_LISTED)
            .order_by(col(AttendeeRow.id))
        )
        rows = db.exec(linked).all()
        method = _strength(rows, now)
        pending = [row for row in rows if registrations.may_complete(row, method, requested_at)]
        if rows and not pending:
            raise links.LinkUsed(links.Purpose.SIGN_IN)
        return registrations.start_sign_in(db, pending, method, now=now)

    return await database.write(sign_in)


def _strength(rows: Sequence[AttendeeRow], now: datetime) -> SignInMethod:
    """What a link proves: no more than a badge if one of the addresses was changed recently."""
    is_fresh = any(is_fresh_address(row.email_changed_at, now) for row in rows)
    return SignInMethod.NUMBER if is_fresh else SignInMethod.LINK


def _registered_at(db: Session, meeting_id: int, recipient: str) -> list[AttendeeRow]:
    """Attendees registered with this address; only the letters A to Z match in either case.

    The database's lower-casing covers more letters, and would accept a look-alike of
    somebody's address with letters of another alphabet.
    """
    forms = [sa.func.lower(form) for form in domain_variants(recipient)]
    candidates = (
        select(AttendeeRow)
        .where(
            AttendeeRow.meeting_id == meeting_id,
            IS_LISTED,
            sa.func.lower(AttendeeRow.email).in_(forms),
        )
        .order_by(col(AttendeeRow.id))
    )
    return [row for row in db.exec(candidates) if _canonical(row.email) == recipient]


def _canonical(registered: str) -> str:
    try:
        return _fold(to_ascii_domain(registered))
    except InvalidAddress:
        return ""


def _fold(address: str) -> str:
    return _ASCII_UPPER.sub(lambda match: match[0].lower(), address)
