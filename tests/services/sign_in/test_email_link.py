"""Sign-in links: for registered addresses only, single-use, valid for fifteen minutes."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.mail.delivery import (
    TIME_TO_LIVE,
    InvalidAddress,
    MailKind,
)
from cme_reflex.domain.sign_in.link_lifetimes import SIGN_IN_LINK_LIFETIME
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.mail.worker import DeliveryStats
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import (
    authentication,
    credentials,
    email_link,
    known_browser,
    links,
    registrations,
)
from cme_reflex.services.sign_in.email_link import MAILBOX_LIMIT
from cme_reflex.store import database
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.sign_in.tables import LinkRow
from tests.support.database.table_rows import fetch, fetch_one
from tests.support.mail import FOLDER_WITH_ADDRESSES, KIM, send_due_mail
from tests.support.meetings import MEETING
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


async def ask(address: str, now: datetime, client: str = "203.0.113.7", known: str = "") -> None:
    await email_link.request_link(MEETING.code, address, client=client, known=known, now=now)


async def token(server: LocalSmtpServer, address: str, now: datetime) -> str:
    """Request a link, and extract the token from the message."""
    await ask(address, now)
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    return server.received[-1].link().partition("#")[2]


async def opened(token: str, now: datetime) -> registrations.SignInResult | None:
    return await email_link.sign_in_with_link(MEETING.code, token, now=now)


async def badge(admission: registrations.SignInResult | None, now: datetime) -> str:
    assert isinstance(admission, registrations.SignedIn)
    return (
        await authentication.authenticate(MEETING.code, admission.token, now=now)
    ).attendee.badge


async def test_the_link_opens_the_claim_of_the_address(
    server: LocalSmtpServer, now: datetime
) -> None:
    link = await token(server, " kim.obrien@EXAMPLE.org ", now)
    (taken,) = server.received
    assert taken.recipient == KIM.replace("Example", "example")
    assert taken.link() == f"https://cme.example.org/test24/link#{link}"
    assert "Dear Kim O'Brien-Núñez Jr," in taken.text
    assert "valid for 15 minutes and can be used once" in taken.text
    assert await badge(await opened(link, now), now) == "101"


async def test_a_known_browser_gets_its_link_whatever_others_request_at_its_address(
    server: LocalSmtpServer, now: datetime
) -> None:
    attendee_id = (await fetch_one(select(AttendeeRow).where(AttendeeRow.email == KIM))).id
    assert attendee_id is not None
    known = known_browser.remember("", attendee_id, now=now)
    for number in range(email_link.CLIENT_LIMIT.limit):
        await ask(f"nobody{number}@example.org", now)
    for address, cookie in ((KIM, ""), (KIM, f"{known}x"), ("shared@example.org", known)):
        with pytest.raises(TooManyAttempts):
            await ask(address, now, known=cookie)
    for _ in range(20):
        await ask(KIM, now, known=known)
    delivered = await send_due_mail(server, now)
    # Its mailbox gets no more than anybody can have sent there.
    assert delivered.sent == email_link.RECIPIENT_LIMIT.limit


async def test_a_link_to_an_address_that_was_changed_recently_proves_no_more_than_a_badge(
    server: LocalSmtpServer, now: datetime
) -> None:
    changed = replace(
        FOLDER_WITH_ADDRESSES,
        attendees=tuple(
            replace(each, email="new@example.org") if each.badge == "102" else each
            for each in FOLDER_WITH_ADDRESSES.attendees
        ),
    )
    assert (await load_meeting(changed, now=now)).notified == 1
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    assert [each.recipient for each in server.received] == ["shared@example.org"]
    assert "replaced this e-mail address in its records" in server.received[0].text
    assert "new@example.org" not in server.received[0].text
    methods = {}
    for days, address in ((0, KIM), (0, "new@example.org"), (29, "new@example.org"),
                          (30, "new@example.org")):  # fmt: skip
        at = now + timedelta(days=days)
        signed_in = await opened(await token(server, address, at), at)
        assert isinstance(signed_in, registrations.SignedIn)
        context = await authentication.authenticate(MEETING.code, signed_in.token, now=at)
        methods[address, days] = context.method
    assert methods == {
        (KIM, 0): SignInMethod.LINK,
        ("new@example.org", 0): SignInMethod.NUMBER,
        ("new@example.org", 29): SignInMethod.NUMBER,
        ("new@example.org", 30): SignInMethod.LINK,
    }


async def test_a_domain_of_another_alphabet_is_the_same_in_either_form(
    server: LocalSmtpServer, now: datetime
) -> None:
    for typed in ("Łukasz@münchen.example", "Łukasz@XN--mnchen-3ya.example"):
        assert await badge(await opened(await token(server, typed, now), now), now) == "105"


@pytest.mark.parametrize(
    "typed",
    [
        "nobody@example.org",
        "łukasz@münchen.example",  # other case is another address, except of A to Z
        "\u212aim.obrien@example.org",  # the Kelvin sign, whose lower case is k
        "kim.obrien@example.org.evil.example",
        "%@example.org",
    ],
)
async def test_to_an_address_that_nobody_has_nothing_is_sent(
    server: LocalSmtpServer, now: datetime, typed: str
) -> None:
    await ask(typed, now)
    assert await send_due_mail(server, now) == DeliveryStats(withdrawn=1)
    assert server.connections == 0
    assert await fetch(select(MailQueueRow)) == []


@pytest.mark.parametrize("typed", ["", "kim", "kim@example.org, evil@example.org", "x" * 300])
async def test_what_is_no_address_is_told(now: datetime, typed: str) -> None:
    with pytest.raises(InvalidAddress):
        await ask(typed, now)


async def test_known_and_unknown_addresses_cost_the_same_queries(
    now: datetime, database: Engine
) -> None:
    statements: list[str] = []

    @sa.event.listens_for(database, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    asked = {}
    for typed in (KIM, "nobody@example.org"):
        statements.clear()
        await ask(typed, now, client=typed)
        asked[typed] = list(statements)
    assert asked[KIM] == asked["nobody@example.org"]
    assert not [x for x in asked[KIM] if "attendee" in x]


async def test_a_link_is_used_once(server: LocalSmtpServer, now: datetime) -> None:
    link = await token(server, KIM, now)
    await opened(link, now)
    with pytest.raises(links.LinkUsed):
        await opened(link, now)


async def test_of_two_at_once_one_gets_in(server: LocalSmtpServer, now: datetime) -> None:
    link = await token(server, KIM, now)
    outcomes = await asyncio.gather(*(opened(link, now) for _ in range(2)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkUsed", "SignedIn"]


async def test_a_link_that_another_uses_after_it_was_found_valid_lets_nobody_in_twice(
    server: LocalSmtpServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await token(server, KIM, now)
    read, both_are_valid = database.read, asyncio.Barrier(2)

    async def read_and_wait(f: Any) -> Any:
        valid = await read(f)
        await both_are_valid.wait()
        return valid

    monkeypatch.setattr(database, "read", read_and_wait)
    outcomes = await asyncio.gather(*(opened(link, now) for _ in range(2)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkUsed", "SignedIn"]


async def test_a_link_is_good_for_fifteen_minutes_from_when_it_was_sent(
    server: LocalSmtpServer, now: datetime
) -> None:
    link = await token(server, KIM, now)
    with pytest.raises(links.LinkExpired):
        await opened(link, now + SIGN_IN_LINK_LIFETIME)
    assert await opened(link, now + SIGN_IN_LINK_LIFETIME - timedelta(seconds=1)) is not None


@pytest.mark.parametrize("foreign", ["", "x" * 43, "0" * 10_000, "\udcff"])
async def test_a_foreign_link_opens_nothing(now: datetime, foreign: str) -> None:
    with pytest.raises(links.LinkNotFound):
        await opened(foreign, now)


async def test_another_meetings_link_opens_nothing_here(
    server: LocalSmtpServer, now: datetime
) -> None:
    link = await token(server, KIM, now)
    with pytest.raises(links.LinkNotFound):
        await email_link.sign_in_with_link("other", link, now=now)


async def test_the_store_holds_no_token(server: LocalSmtpServer, now: datetime) -> None:
    link = await token(server, KIM, now)
    row, message = await fetch_one(select(LinkRow)), await fetch_one(select(MailQueueRow))
    assert link not in str(row.model_dump()) + str(message.model_dump())


async def test_who_shares_an_address_is_asked_which(server: LocalSmtpServer, now: datetime) -> None:
    link = await token(server, "Shared@example.org", now)
    admission = await opened(link, now)
    assert isinstance(admission, registrations.RegistrationChoiceRequired)
    offered = await registrations.registration_options(MEETING.code, admission.token, now=now)
    assert [registration.badge for registration in offered] == ["102", "103"]
    chosen = registrations.SignedIn(
        await registrations.choose_registration(admission.token, offered[1].attendee_id, now=now)
    )
    assert await badge(chosen, now) == "103"


async def test_a_lock_on_a_number_does_not_stop_the_link(
    server: LocalSmtpServer, now: datetime
) -> None:
    for _ in range(6):
        with pytest.raises((credentials.InvalidCredentials, TooManyAttempts)):
            await credentials.sign_in_with_badge(
                MEETING.code, "Wrong", "101", now=now, address="203.0.113.7"
            )
    assert await badge(await opened(await token(server, KIM, now), now), now) == "101"


async def test_a_stranger_uses_up_the_links_of_his_own_address(
    server: LocalSmtpServer, now: datetime
) -> None:
    for _ in range(5):
        await ask(KIM, now, client="203.0.113.1")
    await send_due_mail(server, now)
    assert len(server.received) == 3
    await ask(KIM, now, client="198.51.100.1")  # the owner
    await send_due_mail(server, now)
    assert len(server.received) == 4


async def test_nobodys_mailbox_is_filled_and_nobody_is_refused_for_anothers_requests(
    server: LocalSmtpServer, now: datetime
) -> None:
    """Strangers ask for all the links that one address gets; the newest is valid all the time."""
    for number in range(8):
        at = now + timedelta(seconds=150) * number
        for typed in (KIM, KIM.upper(), f" {KIM}"):
            for place in range(4):
                await ask(typed, at, client=f"203.0.113.{4 * number + place}")
        await ask(KIM, at, client="198.51.100.1")  # the owner
        await send_due_mail(server, at)
        if number % 4 == 3:
            newest = server.received[-1].link().partition("#")[2]
            assert await badge(await opened(newest, at), at) == "101"
    assert len(server.received) == 2 * MAILBOX_LIMIT.limit  # in twenty minutes


async def test_one_place_cannot_ask_for_everybody(now: datetime) -> None:
    for number in range(email_link.CLIENT_LIMIT.limit):
        await ask(f"nobody{number}@example.org", now)
    with pytest.raises(TooManyAttempts):
        await ask("one-more@example.org", now)
    await ask("one-more@example.org", now, client="203.0.113.8")


async def test_a_link_that_could_not_be_sent_in_time_is_not_sent_late(
    server: LocalSmtpServer, now: datetime
) -> None:
    await ask(KIM, now)
    assert await send_due_mail(server, now + TIME_TO_LIVE[MailKind.SIGN_IN_LINK]) == DeliveryStats(
        dead=1
    )


async def test_each_attempt_has_a_link_of_its_own_and_one_use_ends_them_all(
    server: LocalSmtpServer, now: datetime
) -> None:
    server.behavior = {"DATA": "take and close"}
    await ask(KIM, now)
    assert await send_due_mail(server, now) == DeliveryStats(deferred=1)
    server.behavior = {}
    await send_due_mail(server, now + timedelta(minutes=1))
    first, second = (taken.link().partition("#")[2] for taken in server.received)
    assert first != second
    await opened(first, now + timedelta(minutes=1))
    with pytest.raises(links.LinkUsed):
        await opened(second, now + timedelta(minutes=1))
