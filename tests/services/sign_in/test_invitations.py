"""Invitations: members set their own password with a single-use link."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cme_reflex.domain.sign_in.link_lifetimes import INVITATION_LIFETIME
from cme_reflex.domain.sign_in.password_policy import PasswordGuessable, PasswordTooShort
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.domain.sign_in.strength import ADDRESS_TRUSTED_AFTER, SignInMethod
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.mail.worker import DeliveryStats
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import (
    authentication,
    credentials,
    email_link,
    invitations,
    links,
    registrations,
)
from cme_reflex.services.sign_in.invitations import PASSWORDS_PER_LINK, InvitationResult
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.people.tables import MemberRow
from tests.support.database.table_rows import fetch_one
from tests.support.mail import FOLDER_WITH_ADDRESSES, send_due_mail
from tests.support.meetings import MEETING, PASSWORD
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server

pytestmark = pytest.mark.usefixtures("loaded")

CHOSEN = "correct horse battery staple"


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


async def invite(now: datetime, *usernames: str, dry_run: bool = False) -> InvitationResult:
    return await invitations.invite(MEETING.code, usernames, now=now, dry_run=dry_run)


def invitation_result(**groups: object) -> InvitationResult:
    nobody: dict[str, object] = {
        "meeting": "test24",
        "dry_run": False,
        "invited": (),
        "before": (),
        "without_address": (),
    }
    return InvitationResult(**(nobody | groups))  # type: ignore[arg-type]


async def token(server: LocalSmtpServer, now: datetime, username: str = "kim") -> str:
    await invite(now, username)
    await send_due_mail(server, now)
    return server.received[-1].link().partition("#")[2]


async def set_password(token: str, now: datetime, password: str = CHOSEN) -> None:
    await invitations.set_password(MEETING.code, token, password, now=now)


async def can_sign_in(username: str, password: str, now: datetime) -> bool:
    try:
        await credentials.sign_in_with_password(MEETING.code, username, password, now=now)
    except credentials.InvalidCredentials:
        return False
    except registrations.NotRegistered:
        return True
    return True


async def test_members_without_a_password_are_invited_once(
    server: LocalSmtpServer, now: datetime
) -> None:
    nowhere = ("noaddress",)
    dry = invitation_result(invited=("kim",), without_address=nowhere, dry_run=True)
    assert await invite(now, dry_run=True) == dry
    assert await invite(now) == invitation_result(invited=("kim",), without_address=nowhere)
    assert await invite(now) == invitation_result(before=("kim",), without_address=nowhere)
    assert await send_due_mail(server, now) == DeliveryStats(sent=1)
    later = now + INVITATION_LIFETIME
    assert (await invite(later - timedelta(seconds=1))).before == ("kim",)
    assert (await invite(later)).invited == ("kim",)
    (taken,) = server.received
    assert taken.recipient == "kim@example.org"
    assert "  Username: kim" in taken.text
    assert "  Valid until: Nov 8, 2024, 4:00 am PT" in taken.text


async def test_who_is_named_is_invited_again_once_the_first_is_sent(
    server: LocalSmtpServer, now: datetime
) -> None:
    assert await invite(now, " Lee ", "kim") == invitation_result(invited=("kim", "lee"))
    assert await invite(now, "kim") == invitation_result(before=("kim",))
    await send_due_mail(server, now)
    assert await invite(now, "kim") == invitation_result(invited=("kim",))


async def test_an_unknown_name_invites_nobody(now: datetime) -> None:
    with pytest.raises(invitations.MembersNotFound) as unknown:
        await invite(now, "kim", "nobody")
    assert unknown.value.usernames == ("nobody",)
    assert (await invite(now)).invited == ("kim",)


async def test_a_member_sets_a_password_and_signs_in_with_it(
    server: LocalSmtpServer, now: datetime
) -> None:
    assert not await can_sign_in("kim", "", now)
    link = await token(server, now)
    assert await email_link.sign_in_with_link(MEETING.code, link, now=now) is None
    await set_password(link, now)
    assert await can_sign_in("kim", CHOSEN, now)
    member = await fetch_one(select(MemberRow).where(MemberRow.username == "kim"))
    assert member.password_hash.startswith("$argon2id$")


async def test_a_short_password_leaves_the_link_good(
    server: LocalSmtpServer, now: datetime
) -> None:
    link = await token(server, now)
    with pytest.raises(PasswordTooShort):
        await set_password(link, now, "short")
    await set_password(link, now)


@pytest.mark.parametrize("password", ["kim.kim.kim.2024", "kim-test24-kim"])
async def test_the_members_own_words_are_no_password(
    server: LocalSmtpServer, now: datetime, password: str
) -> None:
    link = await token(server, now)
    with pytest.raises(PasswordGuessable):
        await invitations.set_password(MEETING.code, link, password, now=now)


async def test_a_used_link_and_every_other_of_the_member_are_used_up(
    server: LocalSmtpServer, now: datetime
) -> None:
    first, second = await token(server, now), await token(server, now)
    await set_password(second, now)
    for link in (first, second):
        with pytest.raises(links.LinkUsed):
            await set_password(link, now, "another good password")
    assert await can_sign_in("kim", CHOSEN, now)


async def test_an_expired_link_sets_nothing(server: LocalSmtpServer, now: datetime) -> None:
    link = await token(server, now)
    with pytest.raises(links.LinkExpired):
        await set_password(link, now + INVITATION_LIFETIME)
    assert not await can_sign_in("kim", CHOSEN, now)


@pytest.mark.parametrize("foreign", ["", "x" * 43])
async def test_a_foreign_link_sets_nothing(now: datetime, foreign: str) -> None:
    with pytest.raises(links.LinkNotFound):
        await set_password(foreign, now)


async def test_a_sign_in_link_sets_no_password(server: LocalSmtpServer, now: datetime) -> None:
    await email_link.request_link(MEETING.code, "kim.obrien@example.org", client="", now=now)
    await send_due_mail(server, now)
    with pytest.raises(links.LinkNotFound):
        await set_password(server.received[-1].link().partition("#")[2], now)


async def test_a_new_password_ends_the_sign_ins_of_the_member(
    server: LocalSmtpServer, context: RequestContext, now: datetime
) -> None:
    theirs = await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=now)
    others = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    await set_password(await token(server, now), now)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, theirs, now=now)
    assert (
        await authentication.authenticate(MEETING.code, others, now=now)
    ).attendee.badge == "102"


async def test_loading_the_folder_again_keeps_what_the_member_set(
    server: LocalSmtpServer, now: datetime
) -> None:
    await set_password(await token(server, now), now)
    await load_meeting(FOLDER_WITH_ADDRESSES, now=now)
    assert await can_sign_in("kim", CHOSEN, now)
    assert (await invite(now)).invited == ()


async def test_a_hash_that_is_new_in_the_folder_replaces_it(
    server: LocalSmtpServer, now: datetime
) -> None:
    await set_password(await token(server, now), now)
    kim, lee, nowhere = FOLDER_WITH_ADDRESSES.members
    kim = replace(kim, password_hash=lee.password_hash)
    await load_meeting(replace(FOLDER_WITH_ADDRESSES, members=(kim, lee, nowhere)), now=now)
    assert not await can_sign_in("kim", CHOSEN, now)
    assert await can_sign_in("kim", PASSWORD, now)


def with_member_address(address: str) -> MeetingFolder:
    kim, *others = FOLDER_WITH_ADDRESSES.members
    return replace(FOLDER_WITH_ADDRESSES, members=(replace(kim, email=address), *others))


async def method_of(password: str, now: datetime) -> SignInMethod:
    result = await credentials.sign_in_with_password(MEETING.code, "kim", password, now=now)
    assert isinstance(result, registrations.SignedIn)
    return (await authentication.authenticate(MEETING.code, result.token, now=now)).method


async def test_an_invitation_to_an_address_that_was_changed_recently_proves_no_more_than_a_badge(
    server: LocalSmtpServer, now: datetime
) -> None:
    assert (await load_meeting(with_member_address("new@example.org"), now=now)).notified == 1
    later = now + timedelta(days=2)
    await set_password(await token(server, later), later)
    assert [each.recipient for each in server.received] == ["kim@example.org", "new@example.org"]
    trusted_from = now + ADDRESS_TRUSTED_AFTER
    assert await method_of(CHOSEN, trusted_from - timedelta(seconds=1)) == SignInMethod.NUMBER
    assert await method_of(CHOSEN, trusted_from) == SignInMethod.PASSWORD


async def test_an_invitation_to_the_registered_address_is_a_password_of_full_strength(
    server: LocalSmtpServer, now: datetime
) -> None:
    await set_password(await token(server, now), now)
    assert await method_of(CHOSEN, now) == SignInMethod.PASSWORD
    # What was set before the address changed is the member's own.
    await load_meeting(with_member_address("new@example.org"), now=now)
    assert await method_of(CHOSEN, now) == SignInMethod.PASSWORD


async def test_an_invitation_to_the_former_address_proves_no_more_than_a_badge(
    server: LocalSmtpServer, now: datetime
) -> None:
    link = await token(server, now)
    await load_meeting(with_member_address("new@example.org"), now=now)
    await set_password(link, now)
    assert await method_of(CHOSEN, now) == SignInMethod.NUMBER


async def test_a_password_of_the_society_is_of_full_strength_again(
    server: LocalSmtpServer, now: datetime
) -> None:
    changed = with_member_address("new@example.org")
    await load_meeting(changed, now=now)
    await set_password(await token(server, now), now)
    kim, lee, nowhere = changed.members
    kim = replace(kim, password_hash=lee.password_hash)
    await load_meeting(replace(changed, members=(kim, lee, nowhere)), now=now)
    assert await method_of(PASSWORD, now) == SignInMethod.PASSWORD


async def test_a_registration_that_staff_link_to_a_new_member_is_not_opened_by_an_invitation(
    server: LocalSmtpServer, now: datetime
) -> None:
    people = FOLDER_WITH_ADDRESSES.attendees
    lee = next(each for each in people if each.badge == "102")
    linked = tuple(replace(each, member="lee") if each is lee else each for each in people)
    report = await load_meeting(replace(FOLDER_WITH_ADDRESSES, attendees=linked), now=now)
    assert report.notified == 2
    link = await token(server, now, "lee")
    told = {"lee@example.org", lee.email}
    assert {each.recipient for each in server.received[:2]} == told
    await set_password(link, now)
    result = await credentials.sign_in_with_password(MEETING.code, "lee", CHOSEN, now=now)
    assert isinstance(result, registrations.SignedIn)
    context = await authentication.authenticate(MEETING.code, result.token, now=now)
    assert (context.attendee.badge, context.method) == ("102", SignInMethod.NUMBER)


async def test_passwords_that_are_tried_with_one_link_are_limited(
    server: LocalSmtpServer, now: datetime
) -> None:
    """Each is compared for up to half a second. The link is good again when the hour has passed."""
    link = await token(server, now)
    tried = PASSWORDS_PER_LINK.limit
    attempts = (
        invitations.set_password(MEETING.code, link, "password" * 3, now=now)
        for _ in range(tried + 5)
    )
    kinds = [type(each) for each in await asyncio.gather(*attempts, return_exceptions=True)]
    assert (kinds.count(PasswordGuessable), kinds.count(TooManyAttempts)) == (tried, 5)
    with pytest.raises(TooManyAttempts):
        await invitations.set_password(MEETING.code, link, CHOSEN, now=now)
    later = now + PASSWORDS_PER_LINK.window
    await invitations.set_password(MEETING.code, link, CHOSEN, now=later)
