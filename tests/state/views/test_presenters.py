"""Presenters of the claim's pages."""

from dataclasses import replace
from typing import Any

import pytest

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import Amount, Need, Partial
from cme_reflex.domain.evaluations.form import Answer, Answers
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.views import presenters, view_models
from tests.support.values import claim_values
from tests.support.values.claim_values import summary
from tests.support.values.meeting_values import CATEGORY1, MEETING
from tests.support.values.professions import EIGHT, EUROPEAN, NINE, SPINE
from tests.support.values.programme_values import session

SESSION = session(
    7,
    "8:00",
    "9:30",
    title="Session A",
    delivery=Delivery.LIVE,
    credit={"category1": Amount(6), "safety": Amount(4)},
)
OTHER = replace(SESSION, id=8, title="Session B", credit={"category1": Amount(6)})
CLAIM = claim_values.context(SESSION)
SPINE_CLAIM = claim_values.context(EIGHT, NINE, meeting=SPINE)
NURSE = claim_values.context(EIGHT, NINE, meeting=SPINE, profession="nurse")


def line(context: RequestContext = CLAIM, **claim: Any) -> view_models.LineView:
    """The first line of a claim of all sessions."""
    lines = presenters.line_views(
        summary(context, **claim), context.programme, claim.get("answers") or Answers()
    )
    return lines[0]


def test_a_line_shows_what_its_minutes_give() -> None:
    assert line() == view_models.LineView(
        id=7,
        title="Session A",
        day="Thursday, September 26",
        when="8:00–9:30 am",
        minutes="90",
        unit="Hours",
        choices=[
            view_models.FilterOption(minutes, amount)
            for minutes, amount in (
                ("90", "1.50"),
                ("75", "1.25"),
                ("60", "1.00"),
                ("45", "0.75"),
                ("30", "0.50"),
                ("15", "0.25"),
            )
        ],
        others=[
            view_models.LineCreditView(
                code="safety",
                label="Patient Safety",
                amount="1.00",
                choices=["1.00", "0.75", "0.50", "0.25", "0.00"],
            )
        ],
        credit="1.50 hours, of which 1.00 Patient Safety",
        on_demand=False,
        on_demand_offered=False,
        evaluation="Not started",
        evaluated=False,
        conflict=False,
        withdrawn=False,
        lowered="",
        unmet=[],
        why="",
    )


def test_a_line_that_gives_less_says_why() -> None:
    lower = {"safety": Amount(1)}
    view = line(minutes={7: 45}, lowered={7: lower})
    assert view.why == (
        "Category 1 0.75: 45 of 90 minutes, 1.50 for the whole session\n"
        "Patient Safety 0.25: lowered by you from 0.75"
    )
    assert line(minutes={7: 45}).why == (
        "Category 1 0.75: 45 of 90 minutes, 1.50 for the whole session\n"
        "Patient Safety 0.75: 45 of 90 minutes, 1.00 for the whole session"
    )
    assert view.credit == "0.75 hours, of which 0.25 Patient Safety"
    whole = replace(CATEGORY1, partial=Partial.WHOLE_SESSION)
    meeting = replace(MEETING, credit_types=(whole, EUROPEAN))
    both = replace(SESSION, credit={"category1": Amount(6), "european": Amount(3)})
    context = claim_values.context(both, meeting=meeting)
    assert line(context, minutes={7: 60}).why == (
        "Category 1 0.00: only the whole session counts\n"
        "European 1.0: 60 of 90 minutes, 1.5 for the whole session"
    )


def test_minutes_that_give_the_same_are_told_apart() -> None:
    fifty = session(1, "8:00", "8:50", credit={"category1": Amount(3)})
    view = line(claim_values.context(fifty))
    assert [choice.label for choice in view.choices] == [
        "0.75 (50 minutes)",
        "0.75 (45 minutes)",
        "0.50 (30 minutes)",
        "0.25 (15 minutes)",
    ]


def test_minutes_that_give_nothing_are_not_offered() -> None:
    whole = replace(CATEGORY1, partial=Partial.WHOLE_SESSION)
    context = claim_values.context(OTHER, meeting=replace(MEETING, credit_types=(whole,)))
    assert [choice.value for choice in line(context).choices] == ["90"]
    assert [choice.value for choice in line(context, minutes={8: 45}).choices] == ["90", "45"]


def test_other_primary_types_are_shown_and_cannot_be_lowered() -> None:
    view = line(SPINE_CLAIM)
    assert view.others[1] == view_models.LineCreditView(
        code="european", label="European", amount="1.5", choices=[]
    )
    assert view.credit == "1.50 Category 1, of which 0.50 Patient Safety; 1.5 European"


def test_a_line_says_which_types_it_does_not_count_for() -> None:
    assert line(NURSE).unmet == ["Does not count for Nursing until you evaluate it"]
    assert line(NURSE).choices[0].label == "1.50"
    answers = Answers(sessions={1: {"objectives": 3, "comment": "Good"}})
    assert line(NURSE, answers=answers).unmet == []
    record = replace(CATEGORY1, needs=Need.ATTENDANCE_RECORD)
    context = claim_values.context(OTHER, meeting=replace(MEETING, credit_types=(record,)))
    assert line(context).unmet == [
        "Does not count for Category 1: we have no record of your attendance"
    ]


def test_a_receipt_lists_sessions_with_the_credit_of_all_types() -> None:
    first, second = presenters.receipt_lines(summary(SPINE_CLAIM), SPINE_CLAIM.programme)
    assert (first.amount, first.more) == ("1.50", "Of which 0.50 Patient Safety; 1.5 European")
    assert (second.amount, second.more) == ("1.00", "1.0 European")
    assert EIGHT.title == first.title


def test_amounts_are_offered_in_descending_order() -> None:
    assert presenters.amount_choices(CATEGORY1, Amount(3), least=1) == ["0.75", "0.50", "0.25"]
    assert presenters.amount_choices(EUROPEAN, Amount(1)) == ["0.5", "0.0"]


@pytest.mark.parametrize(
    ("policy", "blocking", "advice"),
    [
        (OverlapPolicy.RESOLVE, True, "Before you submit"),
        (OverlapPolicy.CAP, False, "counted once"),
        (OverlapPolicy.ALLOW, False, "lets you claim both"),
    ],
)
def test_a_conflict_has_advice_by_the_policy(
    policy: OverlapPolicy, blocking: bool, advice: str
) -> None:
    meeting = replace(MEETING, overlap_policy=policy)
    context = claim_values.context(SESSION, OTHER, meeting=meeting)
    (view,) = presenters.conflict_views(summary(context), context.programme)
    assert view.windows == ["Thu, Sep 26, 8:00–9:30 am: 1.50 hours possible, 3.00 claimed"]
    assert view.sessions == [
        view_models.SessionLink("Session A", "/claim#line-7"),
        view_models.SessionLink("Session B", "/claim#line-8"),
    ]
    assert (view.blocking, advice in view.advice) == (blocking, True)


def test_a_conflict_names_further_types_only_where_their_figures_differ() -> None:
    lower = replace(OTHER, credit={"category1": Amount(6), "european": Amount(2)})
    meeting = replace(MEETING, credit_types=(CATEGORY1, EUROPEAN))
    both = replace(SESSION, credit={"category1": Amount(6), "european": Amount(3)})
    context = claim_values.context(both, lower, meeting=meeting)
    (view,) = presenters.conflict_views(summary(context), context.programme)
    assert view.windows == [
        "Thu, Sep 26, 8:00–9:30 am: 1.50 hours possible, 3.00 claimed; "
        "European 1.5 possible, 2.5 claimed"
    ]


@pytest.mark.parametrize(
    ("delivery", "advice"),
    [
        (
            Delivery.LIVE,
            "Before you submit, lower their hours until they fit into that time, or remove one.",
        ),
        (
            Delivery.BOTH,
            "Before you submit, lower their hours until they fit into that time, mark one as "
            "watched on demand, or remove one.",
        ),
    ],
)
def test_on_demand_is_advised_only_where_it_is_offered(delivery: Delivery, advice: str) -> None:
    context = claim_values.context(SESSION, replace(OTHER, delivery=delivery))
    (view,) = presenters.conflict_views(summary(context), context.programme)
    assert view.advice == advice


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({}, "Not started"),
        ({"change": ("A",)}, "1 of 2 answered"),
        ({"bias": True}, "Evaluation done, not submitted yet"),
    ],
)
def test_an_unsubmitted_claim_is_never_called_done(answers: dict[str, Answer], status: str) -> None:
    assert presenters.overall_status(MEETING.overall_form, answers) == status
