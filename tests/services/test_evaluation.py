from datetime import datetime

import pytest

from cme_reflex.domain.evaluation import Answers, InvalidAnswer
from cme_reflex.domain.programme import NotEligible
from cme_reflex.domain.submission import NotInClaim
from cme_reflex.services import evaluation, selection
from cme_reflex.services.visit import Visit
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
