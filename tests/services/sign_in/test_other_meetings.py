"""Going over to another meeting, with a sign-in that proves who the member is."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.meetings.lifecycle import archive_meeting
from cme_reflex.services.sign_in import authentication, credentials, own_sign_ins
from cme_reflex.services.sign_in.other_meetings import (
    OtherSignIn,
    SignInEnded,
    sign_in_to_other_meeting,
)
from cme_reflex.services.sign_in.registrations import (
    SIGN_IN_LIFETIME,
    MeetingArchived,
    NotRegistered,
)
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.sign_in.tables import SignInRow
from tests.support.database.table_rows import execute, fetch_one
from tests.support.earlier_meetings import BADGE, meeting_code, sign_in_to
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


async def over(code: str, token: str, attendee_id: int, now: datetime) -> OtherSignIn:
    return await sign_in_to_other_meeting(code, token, attendee_id, now=now)


async def end_all(code: str, badge: str, now: datetime) -> None:
    await own_sign_ins.end_all(code, badge, reason="phone lost", actor="staff", now=now)


async def test_who_ended_the_sign_ins_of_a_registration_ended_going_over_to_it(
    now: datetime,
) -> None:
    earlier = await sign_in_to(2023, MEMBER)
    there, later = meeting_code(2023), now + timedelta(minutes=1)
    lost = await member_token(now)
    await over(MEETING.code, lost, earlier.attendee.id, now)
    await end_all(there, BADGE, later)
    with pytest.raises(SignInEnded) as ended:
        await over(MEETING.code, lost, earlier.attendee.id, later)
    assert ended.value.meeting == there
    # Who signs in again since then is the member.
    again = await member_token(later + timedelta(minutes=1))
    await over(MEETING.code, again, earlier.attendee.id, later + timedelta(minutes=2))


async def test_nor_is_there_a_way_by_a_third_meeting(now: datetime) -> None:
    third, earlier = await sign_in_to(2022, MEMBER), await sign_in_to(2023, MEMBER)
    later = now + timedelta(minutes=1)
    lost = await member_token(now)
    await end_all(meeting_code(2023), BADGE, later)
    way = await over(MEETING.code, lost, third.attendee.id, later + timedelta(minutes=1))
    with pytest.raises(SignInEnded):
        await over(way.meeting, way.token, earlier.attendee.id, later + timedelta(minutes=2))


async def test_going_to_and_fro_prolongs_nothing(now: datetime) -> None:
    earlier = await sign_in_to(2023, MEMBER)
    token = await member_token(now)
    query = select(SignInRow.attendee_id).where(SignInRow.token_hash == token_hash(token))
    own = await fetch_one(query)
    code, at, target = MEETING.code, now, earlier.attendee.id
    for _ in range(15):
        at += timedelta(hours=11)
        other = await over(code, token, target, at)
        code, token = other.meeting, other.token
        target = own if code != MEETING.code else earlier.attendee.id
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(code, token, now=now + SIGN_IN_LIFETIME)
