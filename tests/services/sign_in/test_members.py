"""Members of two account systems with one username are two members; subjects bind members."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlmodel import select

from cme_reflex.domain.meetings.meeting import Meeting, SignInTerms, SingleSignOn
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import (
    authentication,
    credentials,
    invitations,
    members,
    own_sign_ins,
    registrations,
)
from cme_reflex.services.sign_in.single_sign_on import login
from cme_reflex.services.sign_in.single_sign_on.login import MemberNotFound
from cme_reflex.services.sign_in.single_sign_on.oidc import SignInRejected
from cme_reflex.store.people.tables import AttendeeRow, MemberRow, MemberSubjectRow
from tests.support.database.table_rows import fetch
from tests.support.meetings import FOLDER, MEETING, PASSWORD, member
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
    run_oidc_provider,
)

pytestmark = pytest.mark.usefixtures("database")

CALLBACK = "https://cme.example.org/sign-in/sso/callback"


@pytest.fixture
def now() -> datetime:
    """The current time, because the provider uses the system clock."""
    return datetime.now(UTC)


@pytest.fixture
def another_provider(provider: OidcProvider) -> Iterator[OidcProvider]:
    with run_oidc_provider() as another:
        yield another


def meeting_of(provider: OidcProvider, code: str = MEETING.code, accounts: str = "") -> Meeting:
    terms = SingleSignOn(issuer=provider.issuer, client_id=CLIENT_ID, label="Society")
    return replace(MEETING, code=code, single_sign_on=terms, sign_in=SignInTerms(accounts=accounts))


def folder_of(meeting: Meeting) -> MeetingFolder:
    return replace(FOLDER, meeting=meeting)


def other_society() -> Meeting:
    return replace(MEETING, code="other24", provider=replace(MEETING.provider, name="Others"))


async def sign_in(code: str, now: datetime) -> registrations.SignInResult:
    started = await login.start_login(code, CALLBACK, now=now)
    async with httpx.AsyncClient() as browser:
        response = await browser.get(started.address)
    answer = dict(httpx.URL(response.headers["location"]).params)
    return await login.complete_login(
        code, started.token, answer, client_secret=CLIENT_SECRET, now=now
    )


async def registered(username: str = "kim") -> dict[str, int | None]:
    """The member of each meeting's registration with this username, by account system."""
    query = select(AttendeeRow.id).join(MemberRow).where(MemberRow.username == username)
    assert await fetch(query)
    members = await fetch(select(MemberRow).where(MemberRow.username == username))
    return {row.accounts: row.id for row in members}


async def test_a_username_at_two_issuers_is_two_members(
    provider: OidcProvider, another_provider: OidcProvider, now: datetime
) -> None:
    await load_meeting(folder_of(meeting_of(provider)), now=now)
    await load_meeting(folder_of(meeting_of(another_provider, "other24")), now=now)
    found = await registered()
    assert set(found) == {provider.issuer, another_provider.issuer}
    linked = await fetch(
        select(AttendeeRow).where(AttendeeRow.badge == "101").order_by(AttendeeRow.id)  # type: ignore[arg-type]
    )
    assert [row.member_id for row in linked] == [
        found[provider.issuer],
        found[another_provider.issuer],
    ]
    for code in (MEETING.code, "other24"):
        assert isinstance(await sign_in(code, now), registrations.SignedIn)
    assert {(row.member_id, row.issuer) for row in await fetch(select(MemberSubjectRow))} == {
        (found[provider.issuer], provider.issuer),
        (found[another_provider.issuer], another_provider.issuer),
    }


async def test_two_issuers_that_staff_declare_as_one_account_system_share_members(
    provider: OidcProvider, another_provider: OidcProvider, now: datetime
) -> None:
    await load_meeting(folder_of(meeting_of(provider, accounts="Society")), now=now)
    later = meeting_of(another_provider, "other24", accounts="Society")
    await load_meeting(folder_of(later), now=now)
    assert set(await registered()) == {"Society"}
    for code in (MEETING.code, "other24"):
        assert isinstance(await sign_in(code, now), registrations.SignedIn)


async def test_a_load_changes_no_password_of_another_societys_member(now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    unknown = replace(member("kim"), password_hash="")
    others = replace(folder_of(other_society()), members=(unknown, member("unregistered")))
    await load_meeting(others, now=now)
    assert set(await registered()) == {"Society of Tests", "Others"}
    result = await credentials.sign_in_with_password(MEETING.code, "kim", PASSWORD, now=now)
    assert isinstance(result, registrations.SignedIn)
    with pytest.raises(credentials.InvalidCredentials):
        await credentials.sign_in_with_password("other24", "kim", PASSWORD, now=now)


async def test_only_members_of_the_own_account_system_are_invited(now: datetime) -> None:
    without = tuple(
        replace(member(name), password_hash="", email=f"{name}@example.org")
        for name in ("kim", "unregistered")
    )
    await load_meeting(replace(FOLDER, members=without), now=now)
    await load_meeting(folder_of(other_society()), now=now)
    assert (await invitations.invite("other24", now=now)).invited == ()
    assert (await invitations.invite(MEETING.code, now=now)).invited == ("kim", "unregistered")


async def test_who_is_linked_stays_linked_under_a_new_account_system(
    provider: OidcProvider, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    before = await fetch(select(AttendeeRow.member_id))
    report = await load_meeting(folder_of(meeting_of(provider)), now=now)
    assert await fetch(select(AttendeeRow.member_id)) == before
    # Kim is registered; the other member is another one in the new account system.
    assert (report.members.unchanged, report.members.added) == (1, 1)
    assert isinstance(await sign_in(MEETING.code, now), registrations.SignedIn)


async def test_a_username_that_was_given_to_somebody_else_signs_in_nobody(
    provider: OidcProvider, now: datetime
) -> None:
    await load_meeting(folder_of(meeting_of(provider)), now=now)
    await sign_in(MEETING.code, now)
    provider.subject = "somebody else"
    with pytest.raises(SignInRejected, match="bound to another subject"):
        await sign_in(MEETING.code, now)


async def test_a_subject_is_recognized_under_another_username(
    provider: OidcProvider, now: datetime
) -> None:
    await load_meeting(folder_of(meeting_of(provider)), now=now)
    provider.subject, provider.username = "1234", "nobody"
    with pytest.raises(MemberNotFound):
        await sign_in(MEETING.code, now)
    provider.username = "kim"
    await sign_in(MEETING.code, now)
    provider.username = "renamed"
    assert isinstance(await sign_in(MEETING.code, now), registrations.SignedIn)


async def test_staff_unbind_a_member_and_the_next_subject_is_bound(
    provider: OidcProvider, now: datetime
) -> None:
    await load_meeting(folder_of(meeting_of(provider)), now=now)
    signed_in = await sign_in(MEETING.code, now)
    assert isinstance(signed_in, registrations.SignedIn)
    provider.subject = "new account"
    unbound = await members.unbind(
        MEETING.code, " Kim", reason=" new account ", actor="staff x", now=now
    )
    assert unbound == members.UnboundMember(username="kim", subjects=1, ended=1)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, signed_in.token, now=now)
    assert isinstance(await sign_in(MEETING.code, now), registrations.SignedIn)
    assert [row.subject for row in await fetch(select(MemberSubjectRow))] == ["new account"]
    provider.subject = "somebody else"
    with pytest.raises(SignInRejected, match="bound to another subject"):
        await sign_in(MEETING.code, now)


async def test_nobody_is_unbound_without_a_reason_or_by_an_unknown_name(
    provider: OidcProvider, now: datetime
) -> None:
    await load_meeting(folder_of(meeting_of(provider)), now=now)
    await sign_in(MEETING.code, now)
    for username, reason, error in (
        ("nobody", "r", members.MemberNotFound),
        ("kim", " ", own_sign_ins.ReasonMissing),
    ):
        with pytest.raises(error):
            await members.unbind(MEETING.code, username, reason=reason, actor="staff x", now=now)
    assert len(await fetch(select(MemberSubjectRow))) == 1
