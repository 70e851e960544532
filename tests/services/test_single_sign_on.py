"""A browser departs to the society's provider and comes back, once; each abuse of it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlmodel import select

from cme_reflex.domain.meeting import SingleSignOn
from cme_reflex.exchange.records import MeetingFolder
from cme_reflex.services import oidc, signin, single_sign_on
from cme_reflex.services.oidc import SignInRefused
from cme_reflex.services.single_sign_on import Cancelled, Departure, UnknownMember
from cme_reflex.store.tables import DepartureRow
from tests.meetings import FOLDER, MEETING, PASSWORD
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, oidc_provider
from tests.rows import fetch

pytestmark = pytest.mark.usefixtures("loaded")

CALLBACK = "https://cme.example.org/sign-in/sso/callback"


@pytest.fixture
def provider() -> Iterator[Provider]:
    oidc.forget()
    with oidc_provider() as provider:
        yield provider
    oidc.forget()


@pytest.fixture
def folder(provider: Provider) -> MeetingFolder:
    terms = SingleSignOn(issuer=provider.issuer, client_id=CLIENT_ID, label="Society")
    return replace(FOLDER, meeting=replace(MEETING, single_sign_on=terms))


@pytest.fixture
def now() -> datetime:
    """The provider's clock is that of this machine."""
    return datetime.now(UTC)


async def depart(now: datetime) -> Departure:
    return await single_sign_on.depart(MEETING.code, CALLBACK, now=now)


async def answer_to(departure: Departure) -> dict[str, str]:
    """What the provider sends the browser back with."""
    async with httpx.AsyncClient() as browser:
        response = await browser.get(departure.address)
    return dict(httpx.URL(response.headers["location"]).params)


async def arrive(token: str, answer: dict[str, str], now: datetime) -> signin.Admission:
    return await single_sign_on.arrive(
        MEETING.code, token, answer, client_secret=CLIENT_SECRET, now=now
    )


async def there_and_back(now: datetime) -> signin.Admission:
    departure = await depart(now)
    return await arrive(departure.token, await answer_to(departure), now)


async def badge(admission: signin.Admission, now: datetime) -> str:
    assert isinstance(admission, signin.SignedIn)
    return (await signin.visit(MEETING.code, admission.token, now=now)).attendee.badge


async def departures() -> list[DepartureRow]:
    return await fetch(select(DepartureRow))


@pytest.mark.parametrize("username", ["kim", "KIM", " kim "])
async def test_a_member_comes_back_signed_in(
    provider: Provider, username: str, now: datetime
) -> None:
    provider.username = username
    assert await badge(await there_and_back(now), now) == "101"


async def test_what_is_kept_for_the_way_back_gives_no_token_away_and_is_used_up(
    now: datetime,
) -> None:
    departure = await depart(now)
    (row,) = await departures()
    assert departure.token not in str(row.model_dump())
    assert row.verifier not in departure.address
    await arrive(departure.token, await answer_to(departure), now)
    assert await departures() == []


async def test_each_departure_has_secrets_of_its_own(now: datetime) -> None:
    one, other = [httpx.URL((await depart(now)).address).params for _ in range(2)]
    assert not [name for name in ("state", "nonce", "code_challenge") if one[name] == other[name]]


async def test_an_answer_with_another_state_is_refused_and_spoils_nothing(now: datetime) -> None:
    departure = await depart(now)
    answer = await answer_to(departure)
    for state in ("wrong", "", "\udcff"):
        with pytest.raises(SignInRefused, match="state"):
            await arrive(departure.token, {**answer, "state": state}, now)
    assert await badge(await arrive(departure.token, answer, now), now) == "101"


async def test_an_answer_to_another_browser_is_refused(now: datetime) -> None:
    """An attacker's own code, slipped to somebody else by a link."""
    attacker, victim = await depart(now), await depart(now)
    answer = await answer_to(attacker)
    for token in (victim.token, "", "nonsense"):
        with pytest.raises(SignInRefused):
            await arrive(token, answer, now)


async def test_a_stolen_code_with_the_thiefs_own_state_is_stopped_by_the_verifier(
    now: datetime,
) -> None:
    stolen = await answer_to(await depart(now))
    own = await depart(now)
    state = (await answer_to(own))["state"]
    with pytest.raises(SignInRefused, match="invalid_grant"):
        await arrive(own.token, {**stolen, "state": state}, now)


async def test_an_answer_is_good_once(now: datetime) -> None:
    departure = await depart(now)
    answer = await answer_to(departure)
    await arrive(departure.token, answer, now)
    with pytest.raises(SignInRefused, match="came back before"):
        await arrive(departure.token, answer, now)


async def test_of_two_answers_at_once_one_is_refused(now: datetime) -> None:
    departure = await depart(now)
    answer = await answer_to(departure)
    outcomes = await asyncio.gather(
        *(arrive(departure.token, answer, now) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SignInRefused", "SignedIn"]


async def test_nobody_comes_back_after_ten_minutes(now: datetime) -> None:
    departure = await depart(now)
    answer = await answer_to(departure)
    late = now + single_sign_on.DEPARTURE_LASTS
    with pytest.raises(SignInRefused, match="did not depart"):
        await arrive(departure.token, answer, late)
    await depart(late)
    assert len(await departures()) == 1


async def test_who_breaks_it_off_is_told_so(now: datetime) -> None:
    departure = await depart(now)
    state = httpx.URL(departure.address).params["state"]
    with pytest.raises(Cancelled):
        await arrive(departure.token, {"error": "access_denied", "state": state}, now)


async def test_an_error_of_the_provider_is_refused(now: datetime) -> None:
    departure = await depart(now)
    state = httpx.URL(departure.address).params["state"]
    with pytest.raises(SignInRefused, match="server_error"):
        await arrive(departure.token, {"error": "server_error", "state": state}, now)


async def test_an_unknown_member_is_told_so(provider: Provider, now: datetime) -> None:
    provider.username = "somebody"
    with pytest.raises(UnknownMember):
        await there_and_back(now)


async def test_a_member_without_a_registration_is_told_so(
    provider: Provider, now: datetime
) -> None:
    provider.username = "unregistered"
    with pytest.raises(signin.NotRegistered):
        await there_and_back(now)


async def test_the_password_gives_way(now: datetime) -> None:
    with pytest.raises(signin.PasswordsNotTaken):
        await signin.as_member(MEETING.code, "kim", PASSWORD, now=now)


async def test_without_single_sign_on_nobody_departs_or_arrives(now: datetime) -> None:
    with pytest.raises(single_sign_on.NotConfigured):
        await single_sign_on.depart("other", CALLBACK, now=now)
    with pytest.raises(single_sign_on.NotConfigured):
        await single_sign_on.arrive("other", "t", {}, client_secret="", now=now)
