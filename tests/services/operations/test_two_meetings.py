"""Two meetings of two societies in one database: what each sends, accepts and shows is its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.meetings.meeting import Provider
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.domain.sign_in.second_number import SecondNumberRequired
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.certificates import account, certificate
from cme_reflex.services.claims import claims_feed, reminders, withdrawal
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.mail.worker import DeliveryStats
from cme_reflex.services.meetings import lifecycle
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.services.sign_in import authentication, credentials, email_link
from cme_reflex.services.sign_in.links import LinkNotFound
from cme_reflex.services.sign_in.registrations import SignedIn
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.mail.tables import MailQueueRow
from tests.support.attendees import begin_claim, submit_complete_claim
from tests.support.database.table_rows import fetch
from tests.support.mail import FOLDER_WITH_ADDRESSES, KIM, PUBLIC_URL, send_due_mail
from tests.support.meetings import MEETING, PASSWORD
from tests.support.servers.smtp_server import LocalSmtpServer, ReceivedMessage, run_smtp_server

OTHER = replace(
    MEETING,
    code="hand24",
    name="The Hand Meeting 2024",
    short_name="HAND24",
    provider=Provider(
        name="Society of Hands",
        short_name="SOH",
        account_name="hands.example",
        help_contact="Hand Office",
        help_email="hands@example.net",
    ),
)
MEETINGS = {each.code: each for each in (MEETING, OTHER)}


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


@pytest.fixture(autouse=True)
async def both(loaded: Engine, now: datetime) -> None:
    """Both meetings, with the same people."""
    await load_meeting(replace(FOLDER_WITH_ADDRESSES, meeting=OTHER), now=now)


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


async def sign_in(code: str, now: datetime, badge: str = "101") -> RequestContext:
    name = {"101": "O'Brien-Núñez", "102": "Smith"}[badge]
    token = await credentials.sign_in_with_badge(code, name, badge, now=now)
    return await authentication.authenticate(code, token, now=now)


async def submitted(code: str, now: datetime) -> Receipt:
    return await submit_complete_claim(await sign_in(code, now), now)


def other_of(code: str) -> str:
    return next(each for each in MEETINGS if each != code)


def meeting_of(message: ReceivedMessage) -> str:
    """The meeting that a message is about; no word in it is the other's."""
    whole = f"{message.message['Subject']} {message.text} {message.html}"
    found = [code for code, each in MEETINGS.items() if each.short_name in whole]
    assert len(found) == 1
    assert MEETINGS[other_of(found[0])].provider.help_contact not in whole
    assert MEETINGS[other_of(found[0])].provider.name not in whole
    assert f"{PUBLIC_URL}/{found[0]}" in message.text
    assert f"{PUBLIC_URL}/{other_of(found[0])}" not in whole
    return found[0]


async def test_each_message_in_one_queue_is_of_its_own_meeting(
    now: datetime, server: LocalSmtpServer
) -> None:
    for code in MEETINGS:
        receipt = await submitted(code, now)
        await begin_claim(await sign_in(code, now, "102"), now)
        await reminders.enqueue_reminders(code, now=now)
        await email_link.request_link(code, KIM, client="192.0.2.1", now=now)
        await withdrawal.withdraw_claim(receipt.number, reason="Mistaken", actor="staff", now=now)
    rows = await fetch(select(MailQueueRow))
    assert sorted((row.kind, row.meeting_id) for row in rows) == [
        (kind, meeting_id)
        for kind in ("confirmation", "reminder", "sign-in link", "withdrawal")
        for meeting_id in (1, 2)
    ]
    # The confirmations of withdrawn claims are not sent any more.
    assert await send_due_mail(server, now) == DeliveryStats(sent=6, withdrawn=2)
    for message in server.received:
        meeting = MEETINGS[meeting_of(message)]
        sender, reply_to = (message.message[name].addresses[0] for name in ("From", "Reply-To"))
        assert meeting.provider.short_name in sender.display_name
        assert (reply_to.display_name, reply_to.addr_spec) == (
            meeting.provider.help_contact,
            meeting.provider.help_email,
        )
    assert sorted(map(meeting_of, server.received)) == ["hand24"] * 3 + ["test24"] * 3


async def test_a_confirmation_has_the_certificate_of_its_meeting(
    now: datetime, server: LocalSmtpServer
) -> None:
    numbers = {code: (await submitted(code, now)).number for code in MEETINGS}
    assert await send_due_mail(server, now) == DeliveryStats(sent=2)
    for message in server.received:
        number = numbers[meeting_of(message)]
        names = [part.get_filename() for part in message.message.iter_attachments()]
        assert names == [f"certificate-{number}.pdf"]


async def test_a_link_signs_in_to_its_own_meeting_only(
    now: datetime, server: LocalSmtpServer
) -> None:
    await email_link.request_link("hand24", KIM, client="192.0.2.1", now=now)
    await send_due_mail(server, now)
    (message,) = server.received
    token = message.text.partition("#")[2].split()[0]
    with pytest.raises(LinkNotFound):
        await email_link.sign_in_with_link("test24", token, now=now)
    result = await email_link.sign_in_with_link("hand24", token, now=now)
    assert isinstance(result, SignedIn)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate("test24", result.token, now=now)
    context = await authentication.authenticate("hand24", result.token, now=now)
    assert context.meeting.code == "hand24"


async def test_guesses_at_one_meeting_do_not_close_the_other(now: datetime) -> None:
    for guess in range(200):
        try:
            await credentials.sign_in_with_badge("test24", "Smith", f"9{guess:03}", now=now)
        except credentials.InvalidCredentials:
            continue
        except (TooManyAttempts, SecondNumberRequired):
            break
    else:
        pytest.fail("nothing was ever refused")
    assert (await sign_in("hand24", now, "102")).meeting.code == "hand24"


async def test_verification_the_feed_and_the_account_know_both(now: datetime) -> None:
    receipts = {code: await submitted(code, now) for code in MEETINGS}
    for code, receipt in receipts.items():
        verified = await certificate.verify_certificate(receipt.number, now=now, address="")
        assert verified.meeting == MEETINGS[code].name
        page = await claims_feed.load_page(meeting=code.upper(), limit=10)
        assert [each.receipt_number for each in page.claims] == [receipt.number]
    # A cursor of one meeting is after all versions of the others, too.
    first = await claims_feed.load_page(meeting="test24", limit=10)
    assert not (await claims_feed.load_page(cursor=first.next_cursor, limit=10)).claims
    with pytest.raises(MeetingNotFound):
        await claims_feed.load_page(meeting="nowhere", limit=10)


async def test_a_member_of_one_account_system_sees_all_meetings_also_archived_ones(
    now: datetime,
) -> None:
    ours = replace(OTHER, code="test23", name="The Test Meeting 2023", provider=MEETING.provider)
    members = tuple(
        replace(each, password_hash=FOLDER_WITH_ADDRESSES.members[1].password_hash)
        for each in FOLDER_WITH_ADDRESSES.members
    )
    for meeting in (ours, MEETING):
        folder = replace(FOLDER_WITH_ADDRESSES, meeting=meeting, members=members)
        await load_meeting(folder, now=now)
    receipts = [await submitted(code, now) for code in ("test23", "test24", "hand24")]
    await lifecycle.archive_meeting("test23", actor="staff", now=now + timedelta(minutes=1))
    result = await credentials.sign_in_with_password("test24", "kim", PASSWORD, now=now)
    assert isinstance(result, SignedIn)
    context = await authentication.authenticate("test24", result.token, now=now)
    shown = await account.load_account(context, now=now)
    numbers = {
        version.number
        for year in shown.years
        for entry in year.entries
        for version in entry.versions
    }
    # The third is that of another society, whose member of this name is somebody else.
    assert numbers == {receipts[0].number, receipts[1].number}
    verified = await certificate.verify_certificate(receipts[0].number, now=now, address="")
    assert verified.meeting == ours.name
