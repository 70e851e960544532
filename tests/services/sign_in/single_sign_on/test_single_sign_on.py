"""Single sign-on: a login is completed once in the same browser; abuse is rejected."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import select

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.sign_in import authentication, credentials, registrations
from cme_reflex.services.sign_in.rate_limits import SINGLE_SIGN_ON_BACKOFF
from cme_reflex.services.sign_in.single_sign_on import login
from cme_reflex.services.sign_in.single_sign_on.login import (
    MemberNotFound,
    OidcLogin,
    SignInCancelled,
)
from cme_reflex.services.sign_in.single_sign_on.oidc import SignInRejected
from cme_reflex.store.sign_in.tables import OidcLoginRow
from tests.support.database.table_rows import fetch
from tests.support.meetings import FOLDER, MEETING, PASSWORD
from tests.support.servers.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
)

pytestmark = pytest.mark.usefixtures("loaded")

CALLBACK = "https://cme.example.org/sign-in/sso/callback"


@pytest.fixture
def folder(provider: OidcProvider) -> MeetingFolder:
    terms = SingleSignOn(issuer=provider.issuer, client_id=CLIENT_ID, label="Society")
    return replace(FOLDER, meeting=replace(MEETING, single_sign_on=terms))


@pytest.fixture
def now() -> datetime:
    """The current time, because the provider uses the system clock."""
    return datetime.now(UTC)


async def start_login(now: datetime) -> OidcLogin:
    return await login.start_login(MEETING.code, CALLBACK, now=now)


async def answer_to(departure: OidcLogin) -> dict[str, str]:
    """The query of the provider's redirect to the callback."""
    async with httpx.AsyncClient() as browser:
        response = await browser.get(departure.address)
    return dict(httpx.URL(response.headers["location"]).params)


async def complete_login(
    token: str, answer: dict[str, str], now: datetime
) -> registrations.SignInResult:
    return await login.complete_login(
        MEETING.code, token, answer, client_secret=CLIENT_SECRET, now=now
    )


async def there_and_back(now: datetime) -> registrations.SignInResult:
    departure = await start_login(now)
    return await complete_login(departure.token, await answer_to(departure), now)


async def badge(admission: registrations.SignInResult, now: datetime) -> str:
    assert isinstance(admission, registrations.SignedIn)
    return (
        await authentication.authenticate(MEETING.code, admission.token, now=now)
    ).attendee.badge


async def pending_logins() -> list[OidcLoginRow]:
    return await fetch(select(OidcLoginRow))


@pytest.mark.parametrize("username", ["kim", "KIM", " kim "])
async def test_a_member_comes_back_signed_in(
    provider: OidcProvider, username: str, now: datetime
) -> None:
    provider.username = username
    assert await badge(await there_and_back(now), now) == "101"


async def test_what_is_kept_for_the_way_back_gives_no_token_away_and_is_used_up(
    now: datetime,
) -> None:
    departure = await start_login(now)
    (row,) = await pending_logins()
    assert departure.token not in str(row.model_dump())
    assert row.verifier not in departure.address
    await complete_login(departure.token, await answer_to(departure), now)
    assert await pending_logins() == []


async def test_each_departure_has_secrets_of_its_own(now: datetime) -> None:
    one, other = [httpx.URL((await start_login(now)).address).params for _ in range(2)]
    assert not [name for name in ("state", "nonce", "code_challenge") if one[name] == other[name]]


async def test_an_answer_with_another_state_is_refused_and_spoils_nothing(now: datetime) -> None:
    departure = await start_login(now)
    answer = await answer_to(departure)
    for state in ("wrong", "", "\udcff"):
        with pytest.raises(SignInRejected, match="state"):
            await complete_login(departure.token, {**answer, "state": state}, now)
    assert await badge(await complete_login(departure.token, answer, now), now) == "101"


async def test_an_answer_to_another_browser_is_refused(now: datetime) -> None:
    """Login CSRF: an attacker's own code in a link for somebody else."""
    attacker, victim = await start_login(now), await start_login(now)
    answer = await answer_to(attacker)
    for token in (victim.token, "", "nonsense"):
        with pytest.raises(SignInRejected):
            await complete_login(token, answer, now)


async def test_a_stolen_code_with_the_thiefs_own_state_is_stopped_by_the_verifier(
    now: datetime,
) -> None:
    stolen = await answer_to(await start_login(now))
    own = await start_login(now)
    state = (await answer_to(own))["state"]
    with pytest.raises(SignInRejected, match="invalid_grant"):
        await complete_login(own.token, {**stolen, "state": state}, now)


async def test_an_answer_is_good_once(now: datetime) -> None:
    departure = await start_login(now)
    answer = await answer_to(departure)
    await complete_login(departure.token, answer, now)
    with pytest.raises(SignInRejected, match="no pending login"):
        await complete_login(departure.token, answer, now)


async def test_of_two_answers_at_once_one_is_refused(now: datetime) -> None:
    departure = await start_login(now)
    answer = await answer_to(departure)
    outcomes = await asyncio.gather(
        *(complete_login(departure.token, answer, now) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SignInRejected", "SignedIn"]


async def test_nobody_comes_back_after_ten_minutes(now: datetime) -> None:
    departure = await start_login(now)
    answer = await answer_to(departure)
    late = now + login.LOGIN_LIFETIME
    with pytest.raises(SignInRejected, match="no pending login"):
        await complete_login(departure.token, answer, late)
    await start_login(late)
    assert len(await pending_logins()) == 1


async def test_who_breaks_it_off_is_told_so(now: datetime) -> None:
    departure = await start_login(now)
    state = httpx.URL(departure.address).params["state"]
    with pytest.raises(SignInCancelled):
        await complete_login(departure.token, {"error": "access_denied", "state": state}, now)


async def test_an_error_of_the_provider_is_refused(now: datetime) -> None:
    departure = await start_login(now)
    state = httpx.URL(departure.address).params["state"]
    with pytest.raises(SignInRejected, match="server_error"):
        await complete_login(departure.token, {"error": "server_error", "state": state}, now)


async def test_an_unknown_member_is_told_so(provider: OidcProvider, now: datetime) -> None:
    provider.username = "somebody"
    with pytest.raises(MemberNotFound):
        await there_and_back(now)


async def test_a_member_without_a_registration_is_told_so(
    provider: OidcProvider, now: datetime
) -> None:
    provider.username = "unregistered"
    with pytest.raises(registrations.NotRegistered):
        await there_and_back(now)


async def test_the_password_gives_way(now: datetime) -> None:
    with pytest.raises(credentials.PasswordSignInDisabled):
        await credentials.sign_in_with_password(MEETING.code, "kim", PASSWORD, now=now)


async def test_without_single_sign_on_nobody_departs_or_arrives(now: datetime) -> None:
    with pytest.raises(login.SingleSignOnNotConfigured):
        await login.start_login("other", CALLBACK, now=now)
    with pytest.raises(login.SingleSignOnNotConfigured):
        await login.complete_login("other", "t", {}, client_secret="", now=now)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of two logins that are started and not completed."""
    limit = replace(
        SINGLE_SIGN_ON_BACKOFF, threshold=1, step=timedelta(minutes=1), max_wait=timedelta(0)
    )
    monkeypatch.setattr(login, "SINGLE_SIGN_ON_BACKOFF", limit)


async def start_from(address: str, now: datetime) -> OidcLogin:
    return await login.start_login(MEETING.code, CALLBACK, now=now, address=address)


@pytest.mark.usefixtures("strict")
async def test_logins_that_are_only_started_are_slowed_down_by_address(
    provider: OidcProvider, now: datetime
) -> None:
    for _ in range(2):
        await start_from("192.0.2.1", now)
    asked = len(provider.requests)
    with pytest.raises(TooManyAttempts):
        await start_from("192.0.2.1", now)
    assert len(provider.requests) == asked
    assert len(await pending_logins()) == 2
    await start_from("192.0.2.2", now)
    await start_from("192.0.2.1", now + timedelta(minutes=11))


@pytest.mark.usefixtures("strict")
async def test_logins_that_are_completed_are_not_slowed_down(now: datetime) -> None:
    for _ in range(5):
        started = await start_from("192.0.2.1", now)
        await login.complete_login(
            MEETING.code,
            started.token,
            await answer_to(started),
            client_secret=CLIENT_SECRET,
            now=now,
            address="192.0.2.1",
        )
