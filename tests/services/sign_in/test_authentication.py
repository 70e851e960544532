from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cme_reflex.services.sign_in import authentication, credentials, registrations
from cme_reflex.store.sign_in.tables import SignInRow
from tests.support.database.table_rows import fetch, fetch_one
from tests.support.meetings import MEETING, PASSWORD

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.mark.parametrize("number", ["101", " CONF-101 ", "conf101", "101" + 197 * "-"])
async def test_badge_and_confirmation_number_open_the_same_claim(
    number: str, now: datetime
) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "OBRIEN NUNEZ", number, now=now)
    context = await authentication.authenticate(MEETING.code, token, now=now)
    assert (context.attendee.badge, context.attendee.name) == ("101", "Kim O'Brien-Núñez Jr")


async def test_a_shared_last_name_opens_only_ones_own_claim(now: datetime) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "smith", "103", now=now)
    assert (await authentication.authenticate(MEETING.code, token, now=now)).attendee.badge == "103"


@pytest.mark.parametrize(
    ("last_name", "number"),
    [
        ("Smith", "101"),
        ("O'Brien-Núñez", "102"),
        ("O'Brien-Núñez", "999"),
        ("", "101"),
        ("'", "101"),
        ("%", "101"),
        ("O'Brien-Núñez", ""),
        ("x" * 201, "101"),
        ("O'Brien-Núñez" + " Jr" * 70, "101"),
        ("O'Brien-Núñez", "101" + 198 * "-"),
    ],
)
async def test_a_wrong_combination_is_not_recognised(
    last_name: str, number: str, now: datetime
) -> None:
    with pytest.raises(credentials.InvalidCredentials):
        await credentials.sign_in_with_badge(MEETING.code, last_name, number, now=now)


async def test_a_number_is_good_for_its_own_meeting_only(now: datetime) -> None:
    with pytest.raises(credentials.InvalidCredentials):
        await credentials.sign_in_with_badge("other", "Smith", "102", now=now)


async def test_a_member_signs_in_with_the_credential(now: datetime) -> None:
    admitted = await credentials.sign_in_with_password(MEETING.code, " Kim ", PASSWORD, now=now)
    assert isinstance(admitted, registrations.SignedIn)
    assert (
        await authentication.authenticate(MEETING.code, admitted.token, now=now)
    ).attendee.badge == "101"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("kim", "wrong"),
        ("nobody", PASSWORD),
        ("kim", ""),
        ("kim", "x" * 201),
        ("kim" + 198 * "x", PASSWORD),
        ("kim\x00", PASSWORD),
        ("kim", f"{PASSWORD}\x00"),
    ],
)
async def test_a_wrong_credential_is_not_recognised(
    username: str, password: str, now: datetime
) -> None:
    with pytest.raises(credentials.InvalidCredentials):
        await credentials.sign_in_with_password(MEETING.code, username, password, now=now)


async def test_a_member_without_a_registration_is_told_so(now: datetime) -> None:
    with pytest.raises(registrations.NotRegistered):
        await credentials.sign_in_with_password(MEETING.code, "unregistered", PASSWORD, now=now)


async def test_the_store_holds_no_token(now: datetime) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    row = await fetch_one(select(SignInRow))
    assert token not in row.token_hash
    assert len(token) == 43  # 256 bits, six to a character
    assert (row.created_at, row.seen_at, row.expires_at) == (
        now,
        now,
        now + registrations.SIGN_IN_LIFETIME,
    )


async def test_sign_out_ends_it_everywhere_and_only_once(now: datetime) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    other = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    await registrations.sign_out(token)
    await registrations.sign_out(token)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, token, now=now)
    assert (await authentication.authenticate(MEETING.code, other, now=now)).attendee.badge == "102"


async def test_a_sign_in_in_use_is_good_for_its_time_and_no_longer(now: datetime) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    at = now
    while at + authentication.IDLE_TIMEOUT < now + registrations.SIGN_IN_LIFETIME:
        at += authentication.IDLE_TIMEOUT - timedelta(seconds=1)
        await authentication.authenticate(MEETING.code, token, now=at)
    await authentication.authenticate(
        MEETING.code, token, now=now + registrations.SIGN_IN_LIFETIME - timedelta(seconds=1)
    )
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(
            MEETING.code, token, now=now + registrations.SIGN_IN_LIFETIME
        )


async def test_a_sign_in_that_nobody_uses_ends_when_idle(now: datetime) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(
            MEETING.code, token, now=now + authentication.IDLE_TIMEOUT
        )
    await authentication.authenticate(
        MEETING.code, token, now=now + authentication.IDLE_TIMEOUT - timedelta(seconds=1)
    )


async def seen_at() -> datetime:
    return await fetch_one(select(SignInRow.seen_at))


async def test_not_every_event_is_a_write(now: datetime) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    soon = now + authentication.LAST_SEEN_PRECISION - timedelta(seconds=1)
    await authentication.authenticate(MEETING.code, token, now=soon)
    assert await seen_at() == now
    later = now + authentication.LAST_SEEN_PRECISION
    await authentication.authenticate(MEETING.code, token, now=later)
    assert await seen_at() == later


async def test_ended_sign_ins_are_swept_with_the_next_one(now: datetime) -> None:
    for _ in range(3):
        await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    await credentials.sign_in_with_badge(
        MEETING.code, "Smith", "103", now=now + authentication.IDLE_TIMEOUT
    )
    assert len(await fetch(select(SignInRow))) == 1


@pytest.mark.parametrize("token", ["", "nonsense", "0" * 10_000, "\udcff"])
async def test_a_made_up_token_is_nobodys(token: str, now: datetime) -> None:
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, token, now=now)
