import sys
from dataclasses import replace
from datetime import date
from types import FrameType
from typing import Any

import pytest

from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.programme.programme import Delivery, Session
from cme_reflex.domain.programme.session_filter import (
    ClaimFilter,
    SessionFilter,
    SortOrder,
    filter_sessions,
)
from tests.support.values.credit_values import amounts, credit_type
from tests.support.values.meeting_values import MEETING
from tests.support.values.programme_values import programme, session

THURSDAY, FRIDAY, SATURDAY = (date(2024, 9, day) for day in (26, 27, 28))


def sessions() -> tuple[Session, ...]:
    """Three on Thursday, the last of them late at night, and two on Friday."""
    return (
        session(1, "8:00", "10:00", title="Zygoma", credit=amounts(category1=8)),
        session(2, "9:00", "10:00", title="éclair", kind="course"),
        session(3, "23:00", "24:00", title="Apple", delivery=Delivery.ON_DEMAND),
        session(4, "32:00", "33:00", title="eclair", track="Hand"),
        session(5, "32:00", "34:00", title="Brow", credit=amounts(category1=8), kind="course"),
        session(6, "34:00", "35:00", title="Withdrawn", withdrawn=True),
    )


def line(of: Session, *, on_demand: bool = False) -> Line:
    return of.line(MEETING.credit, on_demand=on_demand)


def filtered(*lines: Line, **listing: Any) -> list[int]:
    """The ids of what is listed of these sessions."""
    found = filter_sessions(programme(*sessions()), SessionFilter(**listing), lines)
    return [each.id for each in found]


def fitting(added: tuple[Line, ...], **asked: Any) -> list[int]:
    """The ids of the sessions between 8:00 and 12:00 that still fit."""
    offered = (
        session(1, "8:00", "9:00", **asked),
        session(2, "8:30", "9:30", **asked),
        session(3, "9:00", "10:00", **asked),
        session(4, "9:15", "9:45", **asked),
        session(5, "9:30", "10:30", **asked),
        session(6, "10:00", "11:00", **asked),
        session(7, "8:00", "12:00", **asked),
    )
    found = filter_sessions(programme(*offered), SessionFilter(show=ClaimFilter.FITS), added)
    return sorted(each.id for each in found)


def test_without_filters_all_eligible_sessions_are_listed_by_date() -> None:
    assert filtered() == [1, 2, 3, 5, 4]
    assert SessionFilter() == SessionFilter(
        day=None,
        kind="",
        credit="",
        primary="",
        query="",
        sort=SortOrder.DATE,
        show=ClaimFilter.ALL,
    )
    assert filtered(query="  ") == filtered()


def test_the_list_has_the_programmes_session_objects() -> None:
    (only,) = filter_sessions(programme(session(1)), SessionFilter(), ())
    assert only == session(1)


def test_titles_are_sorted_as_they_are_read_and_like_titles_by_start() -> None:
    assert filtered(sort=SortOrder.TITLE) == [3, 5, 2, 4, 1]


def test_the_most_hours_come_first_and_the_same_by_start() -> None:
    assert filtered(sort=SortOrder.HOURS) == [1, 5, 2, 3, 4]


def test_the_same_hours_at_the_same_time_are_sorted_by_title() -> None:
    alike = programme(session(1, title="B"), session(2, title="A"), session(3, title="C"))
    found = filter_sessions(alike, SessionFilter(sort=SortOrder.HOURS), ())
    assert [each.id for each in found] == [2, 1, 3]


def test_the_most_credit_comes_first_by_the_attendees_own_primary_type() -> None:
    nursing = replace(MEETING, credit_types=(*MEETING.credit_types, credit_type("ancc")))
    credit = (amounts(category1=1, ancc=2), amounts(category1=3, ancc=1), amounts(category1=2))
    of = programme(
        *(session(n, credit=each) for n, each in enumerate(credit, start=1)), meeting=nursing
    )
    by_primary = {
        primary: [
            each.id
            for each in filter_sessions(
                of, SessionFilter(sort=SortOrder.HOURS, primary=primary), ()
            )
        ]
        for primary in ("", "category1", "ancc", "unknown", "safety")
    }
    assert by_primary == {
        "": [2, 3, 1],
        "category1": [2, 3, 1],
        "ancc": [1, 2, 3],
        "unknown": [2, 3, 1],
        "safety": [2, 3, 1],
    }


def test_a_credit_type_lists_the_sessions_that_give_it() -> None:
    of = programme(
        session(1, credit=amounts(category1=4, safety=1)),
        session(2, credit=amounts(category1=4, safety=0)),
        session(3, credit=amounts(ancc=4)),
    )
    by_type = {
        code: [each.id for each in filter_sessions(of, SessionFilter(credit=code), ())]
        for code in ("", "category1", "safety", "ancc", "acpe")
    }
    assert by_type == {
        "": [1, 2, 3],
        "category1": [1, 2],
        "safety": [1],
        "ancc": [3],
        "acpe": [],
    }


def test_a_day_is_the_meetings_own() -> None:
    by_day = {day: filtered(day=day) for day in (THURSDAY, FRIDAY, SATURDAY)}
    assert by_day == {THURSDAY: [1, 2, 3], FRIDAY: [5, 4], SATURDAY: []}


def test_a_kind_lists_its_sessions() -> None:
    by_kind = {kind: filtered(kind=kind) for kind in ("panel", "course", "none")}
    assert by_kind == {"panel": [1, 3, 4], "course": [2, 5], "none": []}


def test_a_query_lists_the_sessions_that_match() -> None:
    by_query = {
        query: filtered(query=query) for query in ("ECLAIR", "hand", "withdrawn", "nowhere")
    }
    assert by_query == {"ECLAIR": [2, 4], "hand": [4], "withdrawn": [], "nowhere": []}


def test_everything_that_is_asked_holds_at_once() -> None:
    two = line(sessions()[1])
    asked = {"day": THURSDAY, "kind": "course", "query": "eclair", "show": ClaimFilter.ADDED}
    assert filtered(two, **asked) == [2]
    others = ({"day": FRIDAY}, {"kind": "panel"}, {"query": "zygoma"}, {"show": ClaimFilter.FITS})
    assert [filtered(two, **{**asked, **other}) for other in others] == [[], [], [], []]


@pytest.mark.parametrize("on_demand", [False, True])
def test_the_added_filter_lists_live_and_on_demand_lines(on_demand: bool) -> None:
    first, second, *_ = sessions()
    added = line(first, on_demand=on_demand), line(second)
    assert filtered(*added, show=ClaimFilter.ADDED) == [1, 2]
    assert filtered(show=ClaimFilter.ADDED) == []


def test_the_fits_filter_lists_sessions_that_overlap_no_live_line() -> None:
    assert fitting(()) == [1, 2, 3, 4, 5, 6, 7]
    assert fitting((line(session(3, "9:00", "10:00")),)) == [1, 6]
    assert fitting((line(session(1, "8:00", "9:00")), line(session(6, "10:00", "11:00")))) == [3, 4]


def test_an_on_demand_line_blocks_no_session_and_is_not_listed_again() -> None:
    assert fitting((line(session(3, "9:00", "10:00"), on_demand=True),)) == [1, 2, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("delivery", "fits"),
    [(Delivery.LIVE, [1, 6]), (Delivery.BOTH, [1, 6]), (Delivery.ON_DEMAND, [1, 2, 4, 5, 6, 7])],
)
def test_a_session_that_is_only_on_demand_always_fits(delivery: Delivery, fits: list[int]) -> None:
    assert fitting((line(session(3, "9:00", "10:00")),), delivery=delivery) == fits


def calls_of(size: int, listing: SessionFilter) -> int:
    """How many functions of Python are called for a search in so many sessions, after a first."""
    of = programme(*(session(n, "8:00", "9:00", title=f"Flap {n}") for n in range(size)))
    filter_sessions(of, listing, ())  # the index and the orders are made once for a programme
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        found = filter_sessions(of, listing, ())
    finally:
        sys.setprofile(None)
    assert len(found) == size
    return calls


@pytest.mark.parametrize("sort", SortOrder)
def test_a_search_calls_no_more_functions_for_943_sessions_than_for_30(sort: SortOrder) -> None:
    asked = SessionFilter(query="flap", kind="panel", sort=sort)
    assert 0 < calls_of(943, asked) == calls_of(30, asked) < 50
