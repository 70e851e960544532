import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from cme_reflex.domain.evaluation import Answers, Form, InvalidAnswer, Question, QuestionKind
from cme_reflex.domain.programme import NotEligible
from cme_reflex.domain.submission import NotInClaim
from cme_reflex.services import evaluation, selection
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.visit import Visit
from tests.meetings import FOLDER, MEETING
from tests.services.conftest import SignIn


async def test_answers_are_kept_one_by_one_and_over_the_one_before(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await evaluation.answer_session(visit, ids["A"], "objectives", 3, now=now)
    await evaluation.answer_session(visit, ids["A"], "objectives", 4, now=now)
    await evaluation.answer_session(visit, ids["A"], "comment", "Good", now=now)
    await evaluation.answer_overall(visit, "bias", False, now=now)
    await evaluation.answer_overall(visit, "change", ["B", "A"], now=now)
    assert await evaluation.answers(visit) == Answers(
        {ids["A"]: {"objectives": 4, "comment": "Good"}}, {"bias": False, "change": ("A", "B")}
    )


async def test_an_empty_value_takes_an_answer_back(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await evaluation.answer_session(visit, ids["A"], "comment", "Good", now=now)
    await evaluation.answer_overall(visit, "change", ["A"], now=now)
    await evaluation.answer_session(visit, ids["A"], "comment", "", now=now)
    await evaluation.answer_overall(visit, "change", [], now=now)
    assert await evaluation.answers(visit) == Answers()


async def test_ticks_on_two_devices_at_once_are_all_kept(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    options = ("A", "B", "C", "D")
    several = Form((Question(key="why", kind=QuestionKind.SOME_OF, text="Why?", options=options),))
    meeting = replace(MEETING, session_form=several, overall_form=several)
    await load_meeting(replace(FOLDER, meeting=meeting), now=now)
    await selection.add_session(visit, ids["A"], now=now)
    for tick in (
        partial(evaluation.tick_session, visit, ids["A"], "why"),
        partial(evaluation.tick_overall, visit, "why"),
    ):
        await asyncio.gather(*(tick(option, True, now=now) for option in options))
        await tick("B", False, now=now)
        with pytest.raises(InvalidAnswer):
            await tick("E", True, now=now)
    left = {"why": ("A", "C", "D")}
    assert await evaluation.answers(visit) == Answers({ids["A"]: left}, left)
    with pytest.raises(NotInClaim):
        await evaluation.tick_session(visit, ids["B"], "why", "A", True, now=now)


async def test_a_removed_session_keeps_its_answers_for_undo(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await evaluation.answer_session(visit, ids["A"], "objectives", 3, now=now)
    await selection.remove_session(visit, ids["A"], now=now)
    with pytest.raises(NotInClaim):
        await evaluation.answer_session(visit, ids["A"], "objectives", 4, now=now)
    await selection.add_session(visit, ids["A"], now=now)
    assert (await evaluation.answers(visit)).of_session(ids["A"]) == {"objectives": 3}


@pytest.mark.parametrize(("question", "value"), [("objectives", 6), ("bias", True), ("", 1)])
async def test_what_the_form_does_not_offer_is_refused(
    visit: Visit, ids: dict[str, int], now: datetime, question: str, value: object
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    with pytest.raises(InvalidAnswer):
        await evaluation.answer_session(visit, ids["A"], question, value, now=now)
    with pytest.raises(NotEligible):
        await evaluation.answer_session(visit, "x", "objectives", 1, now=now)
    with pytest.raises(InvalidAnswer):
        await evaluation.answer_overall(visit, question, "neither", now=now)
    assert await evaluation.answers(visit) == Answers()


async def test_answers_are_nobody_elses(visit: Visit, visit_as: SignIn, now: datetime) -> None:
    await evaluation.answer_overall(visit, "bias", True, now=now)
    assert await evaluation.answers(await visit_as("102", "Smith")) == Answers()
