"""Presenters of the claim's pages."""

from dataclasses import replace

import pytest

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.credit.overlap import Interval, find_conflicts
from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.state.views import presenters, view_models
from tests.support.meetings import MEETING
from tests.support.programme_values import programme, session

SESSION = session(7, "8:00", "9:30", title="Session A", delivery=Delivery.LIVE, quarters=Amount(6))
PROGRAMME = programme(SESSION)


def test_hours_are_offered_in_descending_order() -> None:
    assert presenters.hour_choices(3, least=1) == ["0.75", "0.50", "0.25"]
    assert presenters.hour_choices(1) == ["0.25", "0.00"]


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
    overlapping = find_conflicts(
        [Interval(key, SESSION.starts_at, SESSION.ends_at, SESSION.quarters) for key in (7, 8)]
    )
    programme = replace(
        PROGRAMME,
        meeting=replace(MEETING, overlap_policy=policy),
        sessions={7: SESSION, 8: replace(SESSION, id=8, title="Session B")},
    )
    (view,) = presenters.conflict_views(overlapping, programme)
    assert view.windows == ["Thu, Sep 26, 8:00–9:30 am: 1.50 hours possible, 3.00 claimed"]
    assert view.sessions == [
        view_models.SessionLink("Session A", "/claim#line-7"),
        view_models.SessionLink("Session B", "/claim#line-8"),
    ]
    assert (view.blocking, advice in view.advice) == (blocking, True)


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
    overlapping = find_conflicts(
        [Interval(key, SESSION.starts_at, SESSION.ends_at, SESSION.quarters) for key in (7, 8)]
    )
    programme = replace(
        PROGRAMME, sessions={7: SESSION, 8: replace(SESSION, id=8, delivery=delivery)}
    )
    (view,) = presenters.conflict_views(overlapping, programme)
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
