"""What every service that changes a claim refuses, and that nothing is written then."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from cme_reflex.domain.attendee import Attendee
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.evaluation import Answers
from cme_reflex.domain.programme import NotEligible, PresentedByAttendee
from cme_reflex.domain.submission import ClaimPeriodClosed, ClaimPeriodNotOpen, InvalidCommand
from cme_reflex.services import claim, evaluation, selection, submission
from cme_reflex.services.claim import Standing
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.visit import Visit
from tests.meetings import FOLDER, MEETING
from tests.services.conftest import SignIn

Change = Callable[..., Awaitable[Standing]]
Saved = tuple[Standing, Answers, Attendee]


def about(session: object) -> list[Change]:
    """The changes that name a session, for this one."""
    given: list[tuple[Callable[..., Awaitable[Standing]], Any]] = [
        (selection.add_session, {}),
        (selection.remove_session, {}),
        (selection.set_hours, {"quarters": Quarters(3)}),
        (selection.set_safety, {"quarters": Quarters(0)}),
        (selection.set_on_demand, {"on_demand": True}),
        (evaluation.answer_session, {"question": "comment", "value": "Good"}),
    ]
    return [partial(service, session_id=session, **rest) for service, rest in given]


def changes(session: int) -> Sequence[Change]:
    """Everything that can be done to a claim, each to some effect where it is not refused."""
    return [
        *about(session),
        partial(evaluation.answer_overall, question="bias", value=False),
        partial(submission.choose_category1, quarters=Quarters(2)),
        partial(submission.choose_safety, quarters=Quarters(0)),
        partial(submission.correct_name, name="Somebody Else"),
        partial(submission.correct_profession, is_physician=False),
    ]


@pytest.fixture
async def added(visit: Visit, ids: dict[str, int], now: datetime) -> int:
    """A session that is on the claim."""
    await selection.add_session(visit, ids["A"], now=now)
    return ids["A"]


async def saved(visit_as: SignIn) -> Saved:
    """All that the store knows of the claim."""
    visit = await visit_as()
    return await claim.standing(visit), await evaluation.answers(visit), visit.attendee


async def test_outside_of_the_claim_period_nothing_is_changed(
    visit: Visit, visit_as: SignIn, added: int
) -> None:
    before = await saved(visit_as)
    opens, closes = MEETING.claim.opens_at, MEETING.claim.closes_at
    for change in changes(added):
        with pytest.raises(ClaimPeriodNotOpen) as early:
            await change(visit, now=opens - timedelta(seconds=1))
        assert early.value.opens_at == opens
        with pytest.raises(ClaimPeriodClosed) as late:
            await change(visit, now=closes)
        assert late.value.closed_at == closes
    assert await saved(visit_as) == before


async def test_nothing_is_changed_by_what_is_no_commands_id(
    visit: Visit, visit_as: SignIn, added: int, now: datetime
) -> None:
    before = await saved(visit_as)
    for change in changes(added):
        with pytest.raises(InvalidCommand):
            await change(replace(visit, command="x" * 65), now=now)
    assert await saved(visit_as) == before


async def test_every_change_is_carried_out_once_however_often_its_command_arrives(
    visit: Visit, visit_as: SignIn, added: int, now: datetime
) -> None:
    for number, change in enumerate(changes(added)):
        await selection.add_session(visit, added, now=now)
        command = replace(visit, command=str(number))
        once = await change(command, now=now)
        before = await saved(visit_as)
        assert await change(command, now=now) == once
        assert await saved(visit_as) == before


@pytest.mark.parametrize("wrong", [0, True, "1", None])
async def test_what_is_no_session_can_be_no_part_of_a_change(
    visit: Visit, visit_as: SignIn, added: int, now: datetime, wrong: object
) -> None:
    before = await saved(visit_as)
    for change in about(wrong):
        with pytest.raises(NotEligible):
            await change(visit, now=now)
    assert await saved(visit_as) == before


async def test_who_presents_a_session_since_the_last_load_did_not_watch_it_on_demand(
    visit: Visit, visit_as: SignIn, added: int, now: datetime
) -> None:
    presented = replace(FOLDER.sessions[0], faculty_badges=frozenset({"101"}))
    await load_meeting(replace(FOLDER, sessions=(presented, *FOLDER.sessions[1:])), now=now)
    before = await saved(visit_as)
    with pytest.raises(PresentedByAttendee):
        await selection.set_on_demand(visit, added, True, now=now)
    assert await saved(visit_as) == before
