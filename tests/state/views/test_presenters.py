"""Presenters of the claim's pages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.overlap import Interval, find_conflicts
from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.domain.programme.programme import Delivery, Programme, Session
from cme_reflex.state.views import presenters, view_models
from tests.support.meetings import MEETING

AFTER = datetime(2024, 11, 1, tzinfo=UTC)
SESSION = Session(
    id=7,
    code="A",
    title="Session A",
    kind="cadaver lab",
    track="Breast",
    room="6A",
    starts_at=datetime(2024, 9, 26, 15, 0, tzinfo=UTC),
    ends_at=datetime(2024, 9, 26, 16, 30, tzinfo=UTC),
    speakers=(),
    delivery=Delivery.LIVE,
    quarters=Quarters(6),
    safety=Quarters(2),
    eligible=True,
    faculty_badges=frozenset({"102"}),
)
PROGRAMME = Programme(meeting_id=1, version=1, meeting=MEETING, sessions={7: SESSION})


def row(
    session: Session = SESSION, badge: str = "101", now: datetime = AFTER
) -> view_models.SessionRow:
    return presenters.session_row(session, PROGRAMME, badge, now, by_date=True, starts_day=True)


def test_a_row_has_all_displayed_facts_of_a_session() -> None:
    assert row() == view_models.SessionRow(
        id=7,
        title="Session A",
        when="8:00–9:30 am",
        place="Cadaver lab · 6A",
        hours="1.50",
        safety="0.50",
        tag="Live only",
        day="Thursday, September 26",
        refusal="",
    )


def test_in_another_sort_order_a_row_names_its_day() -> None:
    other = presenters.session_row(
        SESSION, PROGRAMME, "101", AFTER, by_date=False, starts_day=False
    )
    assert (other.when, other.day) == ("Thu, Sep 26, 8:00–9:30 am", "")


@pytest.mark.parametrize(
    ("badge", "now", "refusal"),
    [
        ("102", AFTER, "You present this session"),
        ("101", datetime(2024, 9, 26, 16, 0, tzinfo=UTC), "From Thu, Sep 26, 9:30 am"),
        ("101", datetime(2024, 9, 26, 16, 30, tzinfo=UTC), ""),
    ],
)
def test_a_session_that_cannot_be_added_shows_the_reason(
    badge: str, now: datetime, refusal: str
) -> None:
    assert row(badge=badge, now=now).refusal == refusal


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
