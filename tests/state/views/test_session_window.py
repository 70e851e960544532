"""The window of the list: rows for everybody, and what depends on attendee and time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.state.views import view_models
from cme_reflex.state.views.session_window import CHUNK, window_at
from tests.support.values.claim_values import attendee
from tests.support.values.programme_values import programme, session

AFTER = datetime(2024, 11, 1, tzinfo=UTC)
SESSION = session(
    7,
    "8:00",
    "9:30",
    code="A",
    title="Session A",
    kind="cadaver lab",
    speakers=(),
    delivery=Delivery.LIVE,
    credit={"category1": Amount(6), "safety": Amount(2)},
    faculty_badges=frozenset({"102"}),
)
PROGRAMME = programme(SESSION)
ATTENDEE = attendee()


def row(
    badge: str = "101", now: datetime = AFTER, *, by_date: bool = True
) -> view_models.SessionRow:
    attendee = replace(ATTENDEE, badge=badge)
    window = window_at(PROGRAMME, [SESSION], 0, attendee, now, by_date=by_date, shown=())
    ((shown,),) = window.rows.values()
    return shown


def test_a_row_has_all_displayed_facts_of_a_session() -> None:
    assert row() == view_models.SessionRow(
        id=7,
        title="Session A",
        when="8:00–9:30 am",
        place="Cadaver lab · 6A",
        credit="1.50 hours",
        more="0.50 Patient Safety",
        tag="Live only",
        day="Thursday, September 26",
        refusal="",
    )


def test_in_another_sort_order_a_row_names_its_day() -> None:
    other = row(by_date=False)
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


def test_a_session_without_credit_for_a_profession_says_so() -> None:
    visitor = replace(ATTENDEE, profession="visitor")
    window = window_at(PROGRAMME, [SESSION], 0, visitor, AFTER, by_date=True, shown=())
    (shown,) = window.rows[0]
    assert (shown.credit, shown.more, shown.refusal) == ("", "", "No credit for your profession")


def test_a_row_is_formatted_once_for_each_version_of_the_programme() -> None:
    assert row() is row(badge="103")
    renamed = replace(PROGRAMME, version=2, sessions={7: replace(SESSION, title="Renamed")})
    window = window_at(renamed, [renamed.sessions[7]], 0, ATTENDEE, AFTER, by_date=True, shown=())
    assert window.rows[0][0].title == "Renamed"


def test_the_window_has_the_chunk_and_its_neighbors_and_only_new_rows() -> None:
    sessions = {
        key: replace(SESSION, id=key, starts_at=SESSION.starts_at + timedelta(days=key // CHUNK))
        for key in range(5 * CHUNK + 1)
    }
    programme = replace(PROGRAMME, sessions=sessions)
    window = window_at(
        programme, list(sessions.values()), 2, ATTENDEE, AFTER, by_date=True, shown=(0, 1, 2)
    )
    assert window.chunks == (1, 2, 3)
    assert {number: [row.id for row in rows] for number, rows in window.rows.items()} == {
        3: list(range(3 * CHUNK, 4 * CHUNK))
    }
    assert (window.rows_before, window.rows_after) == (CHUNK, CHUNK + 1)
    assert (window.heads_before, window.heads_after) == (1, 2)
    assert window.day == "Friday, September 27"


def test_a_list_begins_with_its_first_chunk_or_with_the_whole_window() -> None:
    sessions = {key: replace(SESSION, id=key) for key in range(3 * CHUNK + 1)}
    programme = replace(PROGRAMME, sessions=sessions)
    shown = list(sessions.values())

    def chunks(is_whole: bool) -> tuple[int, ...]:
        return window_at(
            programme, shown, 0, ATTENDEE, AFTER, by_date=True, shown=(), is_whole=is_whole
        ).chunks

    assert (chunks(is_whole=False), chunks(is_whole=True)) == ((0,), (0, 1, 2))
