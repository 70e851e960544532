"""Small programmes and sessions for tests of the rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import (
    Delivery,
    Programme,
    Session,
)
from tests.support.values.meeting_values import MEETING

MIDNIGHT = datetime(2024, 9, 26, 7, tzinfo=UTC)  # where the meeting is


def at(clock: str) -> datetime:
    """An instant of the meeting's first day; from 24:00 on it is the second one."""
    hour, minute = clock.split(":")
    return MIDNIGHT + timedelta(hours=int(hour), minutes=int(minute))


def session(session_id: int, start: str = "8:00", end: str = "9:00", **more: Any) -> Session:
    """A session that carries an hour of credit, with what a test changes of it."""
    fields: dict[str, Any] = {
        "code": f"S{session_id}",
        "title": f"Session {session_id}",
        "kind": "panel",
        "track": "Breast",
        "room": "6A",
        "speakers": ("Ana Restrepo, MD",),
        "delivery": Delivery.BOTH,
        "credit": {"category1": Amount(4)},
        "eligible": True,
    }
    return Session(id=session_id, starts_at=at(start), ends_at=at(end), **{**fields, **more})


def programme(*sessions: Session, meeting: Meeting = MEETING) -> Programme:
    """These sessions, not in their order."""
    by_id = {session.id: session for session in reversed(sessions)}
    return Programme(meeting_id=1, version=1, meeting=meeting, sessions=by_id)
