import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from cme_reflex.domain.claims.claim import NotInClaim
from cme_reflex.domain.evaluations.form import Answers, Form, InvalidAnswer, Question, QuestionKind
from cme_reflex.domain.programme.programme import NotEligible
from cme_reflex.services.claims import claim_lines
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn
from tests.support.meetings import FOLDER, MEETING


async def test_answers_are_kept_one_by_one_and_over_the_one_before(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await evaluation_answers.answer_session(context, ids["A"], "objectives", 3, now=now)
    await evaluation_answers.answer_session(context, ids["A"], "objectives", 4, now=now)
    await evaluation_answers.answer_session(context, ids["A"], "comment", "Good", now=now)
    await evaluation_answers.answer_overall(context, "bias", False, now=now)
    await evaluation_answers.answer_overall(context, "change", ["B", "A"], now=now)
    assert await evaluation_answers.load_answers(context) == Answers(
        {ids["A"]: {"objectives": 4, "comment": "Good"}}, {"bias": False, "change": ("A", "B")}
    )


async def test_an_empty_value_takes_an_answer_back(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await evaluation_answers.answer_session(context, ids["A"], "comment", "Good", now=now)
    await evaluation_answers.answer_overall(context, "change", ["A"], now=now)
    await evaluation_answers.answer_session(context, ids["A"], "comment", "", now=now)
    await evaluation_answers.answer_overall(context, "change", [], now=now)
    assert await evaluation_answers.load_answers(context) == Answers()


async def test_ticks_on_two_devices_at_once_are_all_kept(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    options = ("A", "B", "C", "D")
    several = Form((Question(key="why", kind=QuestionKind.SOME_OF, text="Why?", options=options),))
    meeting = replace(MEETING, session_form=several, overall_form=several)
    await load_meeting(replace(FOLDER, meeting=meeting), now=now)
    await claim_lines.add_session(context, ids["A"], now=now)
    for tick in (
        partial(evaluation_answers.toggle_session_option, context, ids["A"], "why"),
        partial(evaluation_answers.toggle_overall_option, context, "why"),
    ):
        await asyncio.gather(*(tick(option, True, now=now) for option in options))
        await tick("B", False, now=now)
        with pytest.raises(InvalidAnswer):
            await tick("E", True, now=now)
    left = {"why": ("A", "C", "D")}
    assert await evaluation_answers.load_answers(context) == Answers({ids["A"]: left}, left)
    with pytest.raises(NotInClaim):
        await evaluation_answers.toggle_session_option(context, ids["B"], "why", "A", True, now=now)


async def test_a_removed_session_keeps_its_answers_for_undo(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await evaluation_answers.answer_session(context, ids["A"], "objectives", 3, now=now)
    await claim_lines.remove_session(context, ids["A"], now=now)
    with pytest.raises(NotInClaim):
        await evaluation_answers.answer_session(context, ids["A"], "objectives", 4, now=now)
    await claim_lines.add_session(context, ids["A"], now=now)
    assert (await evaluation_answers.load_answers(context)).of_session(ids["A"]) == {
        "objectives": 3
    }


@pytest.mark.parametrize(("question", "value"), [("objectives", 6), ("bias", True), ("", 1)])
async def test_what_the_form_does_not_offer_is_refused(
    context: RequestContext, ids: dict[str, int], now: datetime, question: str, value: object
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    with pytest.raises(InvalidAnswer):
        await evaluation_answers.answer_session(context, ids["A"], question, value, now=now)
    with pytest.raises(NotEligible):
        await evaluation_answers.answer_session(context, "x", "objectives", 1, now=now)
    with pytest.raises(InvalidAnswer):
        await evaluation_answers.answer_overall(context, question, "neither", now=now)
    assert await evaluation_answers.load_answers(context) == Answers()


async def test_answers_are_nobody_elses(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    assert await evaluation_answers.load_answers(await sign_in_as("102", "Smith")) == Answers()
