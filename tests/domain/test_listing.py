"""The list as an attendee asks for it."""

from datetime import UTC, date, datetime

import pytest

from cme_reflex.domain.claim import Line
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.listing import Listing, Show, Sort, matching
from cme_reflex.domain.programme import Delivery, Programme, Session
from tests.meetings import MEETING


def session(number: int, title: str, day: int, start: int, end: int, **more: object) -> Session:
    """A session of an hour or more on a day of September, at these hours in UTC."""
    fields: dict[str, object] = {
        "kind": "panel",
        "delivery": Delivery.LIVE,
        "quarters": Quarters(4 * (end - start)),
        "eligible": True,
    }
    return Session(
        id=number,
        code=f"S{number}",
        title=title,
        track="",
        room="",
        starts_at=datetime(2024, 9, day, start, tzinfo=UTC),
        ends_at=datetime(2024, 9, day, end, tzinfo=UTC),
        speakers=(),
        safety=Quarters(0),
        **{**fields, **more},  # type: ignore[arg-type]
    )


PROGRAMME = Programme(
    meeting_id=1,
    version=1,
    meeting=MEETING,
    sessions={
        each.id: each
        for each in (
            session(1, "Éclat of the Face", 26, 15, 17),
            session(2, "breast", 26, 16, 17, kind="course"),
            session(3, "Atlas", 27, 15, 18),
            session(4, "Recorded", 26, 15, 16, delivery=Delivery.ON_DEMAND),
            session(5, "Committee", 26, 20, 21, eligible=False),
            session(6, "Withdrawn", 26, 20, 21, withdrawn=True),
            # In San Diego it is still the evening before.
            session(7, "Evening", 28, 3, 4),
        )
    },
)
LINES = (
    Line(
        1,
        PROGRAMME.sessions[1].starts_at,
        PROGRAMME.sessions[1].ends_at,
        Quarters(8),
        Quarters(0),
        on_demand=False,
    ),
)


@pytest.mark.parametrize(
    ("listing", "found"),
    [
        (Listing(), [4, 1, 2, 3, 7]),
        (Listing(sort=Sort.TITLE), [3, 2, 1, 7, 4]),
        (Listing(sort=Sort.HOURS), [3, 1, 4, 2, 7]),
        (Listing(day=date(2024, 9, 26)), [4, 1, 2]),
        (Listing(day=date(2024, 9, 27)), [3, 7]),
        (Listing(kind="course"), [2]),
        (Listing(query="ECLAT"), [1]),
        (Listing(query="  "), [4, 1, 2, 3, 7]),
        (Listing(query="committee"), []),
        (Listing(show=Show.ADDED), [1]),
        (Listing(show=Show.FITS), [4, 3, 7]),
        (Listing(day=date(2024, 9, 27), query="atlas", show=Show.FITS), [3]),
    ],
)
def test_the_list_shows_what_was_asked_for_in_its_order(listing: Listing, found: list[int]) -> None:
    assert [each.id for each in matching(PROGRAMME, listing, LINES)] == found


def test_what_was_watched_on_demand_stands_in_nobodys_way() -> None:
    watched = tuple(
        Line(line.session_id, line.starts_at, line.ends_at, line.quarters, line.safety, True)
        for line in LINES
    )
    fitting = matching(PROGRAMME, Listing(show=Show.FITS), watched)
    assert [each.id for each in fitting] == [4, 2, 3, 7]
