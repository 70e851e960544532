from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine

from cme_reflex.services import claim, claim_snapshot, selection, signin
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.visit import Visit
from tests.meetings import FOLDER, MEETING
from tests.services.test_programme import statements


@pytest.fixture
async def token(loaded: Engine, now: datetime) -> str:
    """The token of the attendee with badge 101, in another browser than the one of `visit`."""
    return await signin.with_number(MEETING.code, "O'Brien-Núñez", "101", now=now)


async def test_a_snapshot_is_the_visit_and_the_standing_of_its_moment(
    token: str, visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    empty = await claim_snapshot.load(MEETING.code, token, now=now)
    assert empty == (visit, await claim.standing(visit))
    await selection.add_session(visit, ids["A"], now=now)
    after = await claim_snapshot.load(MEETING.code, token, now=now)
    assert after.standing == await claim.standing(visit)
    assert empty.standing.claim.lines == ()


async def test_a_snapshot_asks_once_for_the_visit_and_once_for_each_part_of_the_claim(
    loaded: Engine, token: str, visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    with statements(loaded) as seen:
        await claim_snapshot.load(MEETING.code, token, now=now)
    assert len(seen) == 3


async def test_a_snapshot_has_the_newest_programme(token: str, now: datetime) -> None:
    before = await claim_snapshot.load(MEETING.code, token, now=now)
    renamed = replace(FOLDER.sessions[0], title="Another title")
    await load_meeting(replace(FOLDER, sessions=(renamed, *FOLDER.sessions[1:])), now=now)
    after = await claim_snapshot.load(MEETING.code, token, now=now)
    assert after.visit.programme.version == before.visit.programme.version + 1


async def test_a_token_that_was_made_up_or_signed_out_has_no_snapshot(
    token: str, now: datetime
) -> None:
    with pytest.raises(signin.NotSignedIn):
        await claim_snapshot.load(MEETING.code, token + "x", now=now)
    await signin.sign_out(token)
    with pytest.raises(signin.NotSignedIn):
        await claim_snapshot.load(MEETING.code, token, now=now)


async def test_a_snapshot_notes_every_few_minutes_that_its_holder_was_seen(
    token: str, now: datetime
) -> None:
    await claim_snapshot.load(MEETING.code, token, now=now + signin.NOTICED)
    later = now + signin.NOTICED + signin.IDLE
    with pytest.raises(signin.NotSignedIn):
        await signin.visit(MEETING.code, token, now=later)
    just_before = later - signin.NOTICED / 2
    assert (await signin.visit(MEETING.code, token, now=just_before)).attendee.badge == "101"
