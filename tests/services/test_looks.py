from dataclasses import replace
from datetime import datetime

import pytest
from cachetools import TTLCache
from sqlalchemy.ext.asyncio import AsyncEngine

from cme_reflex.services import claim, glances, looks, selection, signin
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.visit import Visit
from tests.meetings import FOLDER, MEETING
from tests.services.test_programme import statements


@pytest.fixture
async def token(loaded: AsyncEngine, now: datetime) -> str:
    """The token of the attendee with badge 101, in another browser than the one of `visit`."""
    return await signin.with_number(MEETING.code, "O'Brien-Núñez", "101", now=now)


async def test_a_look_is_the_visit_and_the_standing_of_its_moment(
    token: str, visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    empty = await looks.look(MEETING.code, token, now=now)
    assert empty == (visit, await claim.standing(visit))
    await selection.add_session(visit, ids["A"], now=now)
    assert (await looks.look(MEETING.code, token, now=now)).standing == await claim.standing(visit)
    assert empty.standing.claim.lines == ()


async def test_a_look_asks_once_for_the_visit_and_once_for_each_part_of_the_claim(
    loaded: AsyncEngine, token: str, visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    with statements(loaded) as seen:
        await looks.look(MEETING.code, token, now=now)
    assert len(seen) == 3


async def test_a_second_glance_asks_nothing(loaded: AsyncEngine, token: str, now: datetime) -> None:
    first = await looks.glance(MEETING.code, token, now=now)
    with statements(loaded) as seen:
        assert await looks.glance(MEETING.code, token, now=now) is first
    assert seen == []


async def test_a_glance_is_at_most_a_second_old(
    token: str,
    visit: Visit,
    ids: dict[str, int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = [100.0]
    kept = TTLCache[str, glances.Look](10, glances.GOOD_FOR, timer=lambda: seconds[0])
    monkeypatch.setattr(glances, "_looks", kept)
    await looks.glance(MEETING.code, token, now=now)
    added = await selection.add_session(visit, ids["A"], now=now)
    seconds[0] += glances.GOOD_FOR - 0.01
    assert (await looks.glance(MEETING.code, token, now=now)).standing.claim.lines == ()
    seconds[0] += 0.01
    assert (await looks.glance(MEETING.code, token, now=now)).standing == added


async def test_a_glance_is_never_older_than_what_the_tab_has_shown(
    token: str, visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await looks.glance(MEETING.code, token, now=now)
    added = await selection.add_session(visit, ids["A"], now=now)
    shown = added.claim.revision
    assert (await looks.glance(MEETING.code, token, now=now, at_least=shown)).standing == added


async def test_after_signing_out_nobody_has_a_glance(token: str, now: datetime) -> None:
    await looks.glance(MEETING.code, token, now=now)
    await signin.sign_out(token)
    with pytest.raises(signin.NotSignedIn):
        await looks.glance(MEETING.code, token, now=now)


async def test_a_full_look_has_the_newest_programme_and_leaves_it_for_the_next_glance(
    token: str, now: datetime
) -> None:
    before = await looks.glance(MEETING.code, token, now=now)
    renamed = replace(FOLDER.sessions[0], title="Another title")
    await load_meeting(replace(FOLDER, sessions=(renamed, *FOLDER.sessions[1:])), now=now)
    after = await looks.look(MEETING.code, token, now=now)
    assert after.visit.programme.version == before.visit.programme.version + 1
    assert await looks.glance(MEETING.code, token, now=now) is after


async def test_a_strangers_token_is_told_apart(token: str, now: datetime) -> None:
    await looks.glance(MEETING.code, token, now=now)
    with pytest.raises(signin.NotSignedIn):
        await looks.glance(MEETING.code, token + "x", now=now)
