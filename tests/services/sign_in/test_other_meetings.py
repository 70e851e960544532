"""Going over to another meeting, with a sign-in that proves who the member is."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.meetings.lifecycle import archive_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.other_meetings import sign_in_to_other_meeting
from cme_reflex.services.sign_in.registrations import MeetingArchived, NotRegistered
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.sign_in.tables import SignInRow
from tests.support.database.table_rows import execute
from tests.support.earlier_meetings import meeting_code, sign_in_to
from tests.support.meetings import MEETING

pytestmark = pytest.mark.usefixtures("loaded")

MEMBER = "kim"


async def member_token(now: datetime, method: SignInMethod = SignInMethod.PASSWORD) -> str:
    """The token of a sign-in of the member at this year's meeting."""
    token = await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=now)
    made = sa.update(SignInRow).where(SignInRow.token_hash == token_hash(token))
    await execute(made.values(method=method))
    return token


@pytest.mark.parametrize("method", [SignInMethod.PASSWORD, SignInMethod.LINK])
async def test_a_member_is_signed_in_there_as_strongly(now: datetime, method: SignInMethod) -> None:
    earlier = await sign_in_to(2023, MEMBER)
    token = await member_token(now, method)
    other = await sign_in_to_other_meeting(MEETING.code, token, earlier.attendee.id, now=now)
    assert other.meeting == meeting_code(2023)
    there = await authentication.authenticate(other.meeting, other.token, now=now)
    assert (there.attendee.id, there.method) == (earlier.attendee.id, method)
    # The sign-in that it came from goes on, and neither is one for the other meeting.
    await authentication.authenticate(MEETING.code, token, now=now)
    for code, stranger in ((MEETING.code, other.token), (other.meeting, token)):
        with pytest.raises(authentication.NotSignedIn):
            await authentication.authenticate(code, stranger, now=now)


async def test_a_badge_stays_with_its_meeting(now: datetime) -> None:
    earlier = await sign_in_to(2023, MEMBER)
    token = await member_token(now, SignInMethod.NUMBER)
    with pytest.raises(NotRegistered):
        await sign_in_to_other_meeting(MEETING.code, token, earlier.attendee.id, now=now)


@pytest.mark.parametrize("linked", [None, "another"])
async def test_nobody_goes_over_to_a_registration_of_somebody_else(
    now: datetime, linked: str | None
) -> None:
    earlier = await sign_in_to(2023, linked)
    token = await member_token(now)
    for attendee_id in (earlier.attendee.id, 0, 999_999):
        with pytest.raises(NotRegistered):
            await sign_in_to_other_meeting(MEETING.code, token, attendee_id, now=now)


async def test_two_registrations_without_a_member_are_not_one_person(now: datetime) -> None:
    earlier = await sign_in_to(2023, None)
    token = await member_token(now)
    await execute(sa.update(AttendeeRow).values(member_id=None))
    with pytest.raises(NotRegistered):
        await sign_in_to_other_meeting(MEETING.code, token, earlier.attendee.id, now=now)


async def test_without_a_sign_in_nobody_goes_over(now: datetime) -> None:
    earlier = await sign_in_to(2023, MEMBER)
    for token in ("", "x" * 43):
        with pytest.raises(authentication.NotSignedIn):
            await sign_in_to_other_meeting(MEETING.code, token, earlier.attendee.id, now=now)


async def test_nobody_goes_over_to_an_archived_meeting(now: datetime) -> None:
    earlier = await sign_in_to(2023, MEMBER)
    token = await member_token(now)
    await archive_meeting(meeting_code(2023), actor="staff", now=now)
    with pytest.raises(MeetingArchived):
        await sign_in_to_other_meeting(MEETING.code, token, earlier.attendee.id, now=now)
