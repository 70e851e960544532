from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.domain.credit.credit_type import CreditTypes, Need
from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.programme.programme import (
    Delivery,
    NotEligible,
    NotYetEnded,
    PresentedByAttendee,
    Session,
)
from tests.support.values.credit_values import amounts
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY
from tests.support.values.programme_values import MIDNIGHT, at, programme, session

LIVE, ON_DEMAND, BOTH = Delivery
ENDS = MIDNIGHT + timedelta(hours=9)
RELEASE = datetime(2024, 10, 14, 15, tzinfo=UTC)


def test_a_session_gives_credit_if_eligible_and_not_withdrawn() -> None:
    given = {
        (eligible, withdrawn): session(1, eligible=eligible, withdrawn=withdrawn).gives_credit
        for eligible in (True, False)
        for withdrawn in (True, False)
    }
    assert given == {
        (True, True): False,
        (True, False): True,
        (False, True): False,
        (False, False): False,
    }


def test_a_session_is_neither_withdrawn_nor_presented_nor_released_by_default() -> None:
    told = {
        "withdrawn": False,
        "faculty_badges": frozenset(),
        "on_demand_from": None,
        "identifiers": {},
    }
    assert session(1) == session(1, **told)


def test_a_session_is_claimable_from_its_end_and_on_demand_from_its_release() -> None:
    released, unreleased = session(1, on_demand_from=RELEASE), session(1)
    instants = [
        each.claimable_from(on_demand=on_demand)
        for each in (released, unreleased)
        for on_demand in (False, True)
    ]
    assert instants == [ENDS, RELEASE, ENDS, ENDS]


def test_who_watched_on_demand_is_asked_only_where_there_is_a_choice() -> None:
    watched = {
        delivery: [
            session(1, delivery=delivery).watched_on_demand(asked) for asked in (None, False, True)
        ]
        for delivery in Delivery
    }
    assert watched == {
        LIVE: [False, False, False],
        ON_DEMAND: [True, True, True],
        BOTH: [False, False, True],
    }


@pytest.mark.parametrize(("on_demand", "instant"), [(False, ENDS), (True, RELEASE)])
def test_a_session_can_be_claimed_from_its_instant_on(on_demand: bool, instant: datetime) -> None:
    offered = session(1, on_demand_from=RELEASE)
    offered.require_claimable("101", instant, on_demand=on_demand)
    with pytest.raises(NotYetEnded) as refused:
        offered.require_claimable("101", instant - timedelta(seconds=1), on_demand=on_demand)
    assert refused.value.claimable_from == instant


def test_the_log_says_from_when_a_session_can_be_claimed() -> None:
    assert str(NotYetEnded(ENDS)) == "This session can be claimed from 2024-09-26T16:00:00+00:00."


def test_a_presenter_cannot_claim_a_session_even_before_it_ends() -> None:
    presented = session(1, faculty_badges=frozenset({"101", "102"}))
    with pytest.raises(PresentedByAttendee) as refused:
        presented.require_claimable("102", at("0:00"), on_demand=False)
    assert refused.value.args == ("S1",)
    presented.require_claimable("103", ENDS, on_demand=False)


@pytest.mark.parametrize("change", [{"eligible": False}, {"withdrawn": True}])
def test_a_session_without_credit_is_refused_before_anything_else(change: dict[str, bool]) -> None:
    worthless = session(1, faculty_badges=frozenset({"101"}), **change)
    with pytest.raises(NotEligible) as refused:
        worthless.require_claimable("101", at("0:00"), on_demand=False)
    assert refused.value.args == ("S1",)


def test_a_session_is_found_by_its_id_whether_it_gives_credit_or_not() -> None:
    sessions = session(1), session(2, eligible=False), session(3, withdrawn=True)
    found = [programme(*sessions).session(session_id) for session_id in (1, 2, 3)]
    assert found == list(sessions)


@pytest.mark.parametrize("wrong", [0, 2, -1, True, False, 1.0, "1", None, [1], {"id": 1}])
def test_an_invalid_session_id_is_rejected(wrong: object) -> None:
    with pytest.raises(NotEligible) as refused:
        programme(session(1)).session(wrong)
    assert refused.value.args == (wrong,)


def test_eligible_sessions_are_sorted_by_start_title_and_code() -> None:
    whole = programme(
        session(1, "9:00", "10:00", title="A"),
        session(2, "8:00", "10:00", title="B", code="X"),
        session(3, "8:00", "9:00", title="B", code="Y"),
        session(4, "8:00", "9:00", title="A", code="Z"),
        session(5, eligible=False),
        session(6, withdrawn=True),
    )
    assert whole.eligible_sessions == tuple(whole.sessions[each] for each in (4, 2, 3, 1))


def test_search_covers_title_code_track_and_speakers_of_eligible_sessions() -> None:
    whole = programme(
        session(1, title="Rhinoplasty", code="PNL-001", track="Aesthetic", speakers=("Wei", "Ito")),
        session(2, title="Rhinoplasty", withdrawn=True),
        session(3, title="Rhinoplasty", eligible=False),
    )
    for query in ("rhinoplasty", "pnl-001", "aesthetic", "wei", "ito"):
        assert whole.index.search(query) == {1}
    for query in ("6A", "panel", "breast"):
        assert whole.index.search(query) == frozenset()


def hours_of(*sessions: Session) -> tuple[int, int]:
    """Hours of instruction and the most for one person, in quarter hours."""
    of = programme(*sessions)
    return of.hours_of_instruction, of.most_for_one


def test_simultaneous_sessions_are_instruction_twice_and_credit_for_one_once() -> None:
    sessions = (
        session(1, "8:00", "10:00", credit=amounts(category1=8)),
        session(2, "9:00", "11:00", credit=amounts(category1=8)),
        session(3, "9:15", "9:45", credit=amounts(category1=2)),
        session(4, "13:00", "14:00", delivery=LIVE),
        session(5, "13:00", "14:00", delivery=ON_DEMAND),
        session(6, "15:00", "16:00", eligible=False),
        session(7, "15:00", "16:00", withdrawn=True),
    )
    # 8:00–11:00, 13:00–14:00, and the recording.
    assert hours_of(*sessions) == (26, 12 + 4 + 4)


def test_what_all_live_sessions_support_is_rounded_down_once() -> None:
    parts = [session(at, f"8:{at * 20:02}", f"8:{at * 20 + 20:02}") for at in range(2)]
    assert hours_of(*parts) == (8, 8)  # an hour is designated for each 20 minutes
    apart = [session(at, "8:00", "8:50", credit=amounts(category1=3)) for at in range(2)]
    assert hours_of(*apart) == (6, 3)  # 50 minutes
    assert hours_of() == (0, 0)


def test_the_most_for_one_does_not_wait_for_evaluations() -> None:
    needy = replace(CATEGORY1, needs=Need.SESSION_EVALUATION)
    of = programme(session(1), meeting=replace(MEETING, credit_types=(needy, SAFETY)))
    assert (of.hours_of_instruction, of.most_for_one) == (4, 4)


def test_hours_are_those_of_the_first_primary_type() -> None:
    first = replace(CATEGORY1, code="ancc")
    meeting = replace(MEETING, credit_types=(SAFETY, first, CATEGORY1))
    of = programme(session(1, credit=amounts(category1=4, ancc=3)), session(2), meeting=meeting)
    assert (of.hours_of_instruction, of.most_for_one) == (3, 3)


def test_a_line_has_the_credit_of_the_minutes_taken_part() -> None:
    given = session(1, "8:00", "9:00", credit=amounts(category1=4, safety=2, ancc=4))
    times = given.starts_at, given.ends_at
    assert given.minutes == 60
    assert given.line(MEETING.credit) == Line(
        1, *times, 60, amounts(category1=4, safety=2), on_demand=False
    )
    assert given.line(MEETING.credit, 15, on_demand=True) == Line(
        1, *times, 15, amounts(category1=1, safety=1), on_demand=True
    )
    lowered = given.line(MEETING.credit, 45, amounts(safety=1))
    assert lowered == Line(1, *times, 45, amounts(category1=3, safety=1), on_demand=False)
    assert given.line(MEETING.credit, 75).minutes == 60  # the session is shorter than it was


def test_a_line_lacks_the_credit_whose_need_it_does_not_meet() -> None:
    types = CreditTypes((replace(CATEGORY1, needs=Need.SESSION_EVALUATION), SAFETY))
    given = session(1, credit=amounts(category1=4, safety=2))
    unmet = {"category1": Need.SESSION_EVALUATION}
    assert given.line(types) == replace(given.line(types), amounts={}, unmet=unmet)
    met = given.line(types, met={Need.SESSION_EVALUATION})
    assert (met.amounts, met.unmet) == (amounts(category1=4, safety=2), {})
