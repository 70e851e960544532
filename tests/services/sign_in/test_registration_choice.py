"""Registration choice of a person with several registrations or none."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.sign_in import authentication, credentials, registrations
from cme_reflex.services.sign_in.registrations import RegistrationOption
from cme_reflex.store.sign_in.tables import RegistrationChoiceRow
from tests.support.database.table_rows import fetch, fetch_one
from tests.support.meetings import ATTENDEES, FOLDER, MEETING, PASSWORD, attendee

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def folder() -> MeetingFolder:
    second = attendee("104", "O'Brien-Núñez", registration_type="day", member="kim")
    return replace(FOLDER, attendees=(*ATTENDEES, second))


async def choice_token(now: datetime) -> str:
    admitted = await credentials.sign_in_with_password(MEETING.code, "kim", PASSWORD, now=now)
    assert isinstance(admitted, registrations.RegistrationChoiceRequired)
    return admitted.token


async def test_a_member_with_two_registrations_is_asked_which(now: datetime) -> None:
    offered = await registrations.registration_options(
        MEETING.code, await choice_token(now), now=now
    )
    assert offered == (
        RegistrationOption(attendee_id=1, kind="Full", badge="101", confirmation="CONF101"),
        RegistrationOption(attendee_id=4, kind="One day", badge="104", confirmation="CONF104"),
    )


async def test_the_choice_is_no_sign_in(now: datetime) -> None:
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, await choice_token(now), now=now)


async def test_the_chosen_registration_is_signed_in_and_the_choice_is_used_up(
    now: datetime,
) -> None:
    choice = await choice_token(now)
    token = await registrations.choose_registration(choice, 4, now=now)
    assert (await authentication.authenticate(MEETING.code, token, now=now)).attendee.badge == "104"
    with pytest.raises(authentication.NotSignedIn):
        await registrations.choose_registration(choice, 1, now=now)


async def test_of_two_answers_at_once_one_comes_too_late(now: datetime) -> None:
    choice = await choice_token(now)
    answers = await asyncio.gather(
        *(registrations.choose_registration(choice, which, now=now) for which in (1, 4)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["NotSignedIn", "str"]


@pytest.mark.parametrize("attendee_id", [2, 0, -1, 99])
async def test_what_was_not_offered_cannot_be_chosen(attendee_id: int, now: datetime) -> None:
    choice = await choice_token(now)
    with pytest.raises(authentication.NotSignedIn):
        await registrations.choose_registration(choice, attendee_id, now=now)
    assert len(await registrations.registration_options(MEETING.code, choice, now=now)) == 2


async def test_a_choice_is_open_for_ten_minutes(now: datetime) -> None:
    choice = await choice_token(now)
    late = now + timedelta(minutes=10)
    with pytest.raises(authentication.NotSignedIn):
        await registrations.registration_options(MEETING.code, choice, now=late)
    with pytest.raises(authentication.NotSignedIn):
        await registrations.choose_registration(choice, 1, now=late)
    await choice_token(late)
    assert len(await fetch(select(RegistrationChoiceRow))) == 1


async def test_a_number_names_its_registration(now: datetime) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Obrien Nunez", "104", now=now)
    assert (await authentication.authenticate(MEETING.code, token, now=now)).attendee.badge == "104"


async def test_the_store_holds_no_token_of_a_choice(now: datetime) -> None:
    token = await choice_token(now)
    row = await fetch_one(select(RegistrationChoiceRow))
    assert token not in row.token_hash


@pytest.mark.parametrize("token", ["", "nonsense"])
async def test_nobody_chooses_with_a_made_up_token(token: str, now: datetime) -> None:
    with pytest.raises(authentication.NotSignedIn):
        await registrations.choose_registration(token, 1, now=now)
