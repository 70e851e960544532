"""What is conspicuous in a whole programme is warned of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.checks.programme_check import programme_warnings
from cme_reflex.formats.meeting_folder.records import SessionRecord

EIGHT = datetime(2030, 10, 4, 8, tzinfo=UTC)


def session(code: str, minutes: int = 60, *, at: int = 0, **values: Any) -> SessionRecord:
    """A panel of its own title, `at` minutes after eight."""
    starts_at = EIGHT + timedelta(minutes=at)
    defaults = {
        "title": f"Flaps {code}",
        "kind": "Panel",
        "track": "",
        "room": "",
        "speakers": (),
        "delivery": Delivery.LIVE,
        "credit": {"category1": Amount(4)},
        "eligible": True,
    }
    ends_at = starts_at + timedelta(minutes=minutes)
    return SessionRecord(
        **{"code": code, "starts_at": starts_at, "ends_at": ends_at, **defaults, **values}
    )


def warnings(*sessions: SessionRecord) -> list[str]:
    return list(map(str, programme_warnings(sessions)))


def test_a_session_that_is_much_longer_than_others_of_its_kind_is_told() -> None:
    usual = [session(f"S{n}", 60, at=60 * n) for n in range(3)]
    course = session("C1", 240, kind="Course")
    assert warnings(*usual, session("S9", 179), course) == []
    assert warnings(*usual, session("S9", 180), course) == [
        "sessions.csv: S9 lasts 180 minutes; of its kind, 60 are usual. "
        "Check its start and its end."
    ]


def test_what_is_short_or_gives_no_credit_or_is_on_demand_may_have_any_length() -> None:
    short = [session(f"S{n}", 10, at=60 * n) for n in range(3)]
    assert warnings(*short, session("S9", 120)) == []
    assert warnings(*short, session("S9", 600, eligible=False)) == []
    assert warnings(*short, session("S9", 10_000, delivery=Delivery.ON_DEMAND)) == []


def test_a_session_longer_than_a_day_of_a_meeting_is_told_whatever_its_kind() -> None:
    assert warnings(session("S1", 12 * 60)) == []
    assert warnings(session("S1", 12 * 60 + 1)) == [
        "sessions.csv: S1 lasts 721 minutes; of its kind, 721 are usual. "
        "Check its start and its end."
    ]


def test_sessions_with_one_title_at_one_time_are_told() -> None:
    one = session("S1", title="Flaps & Hands")
    assert warnings(one, session("S2", at=60, title="Flaps & Hands")) == []
    assert warnings(one, session("S2", at=30, title="flaps, hands")) == [
        "sessions.csv: S1 and S2 have the same title at one time. "
        "Check whether one of them is the other."
    ]
