"""The window of the list of sessions: its rows, and how much is before and after it.

What a row says of its session is the same for all of a profession, and is formatted once for each
version of the programme. Only whether the session can be claimed depends on the attendee and the
time.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from cme_reflex import text
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import (
    Delivery,
    NotYetEnded,
    PresentedByAttendee,
    Programme,
    Session,
)
from cme_reflex.state.views.view_models import SessionRow

CHUNK = 16  # rows; with the longest titles, the reply to a keystroke stays within 6 kB
WINDOW_CHUNKS = 3  # chunks in the page at once: the visible one and its neighbors
FORMATTED = 256  # programmes with formatted rows in memory: twenty meetings of a dozen professions

_TAGS = {
    Delivery.ON_DEMAND: text.sessions.ON_DEMAND,
    Delivery.LIVE: text.sessions.LIVE_ONLY,
    Delivery.BOTH: "",
}


@dataclass(frozen=True, slots=True)
class SessionWindow:
    """Chunks of the list, by number, with the rows of those that the page does not have yet.

    `heads_before` and `heads_after` count the headings of days outside the window, and `day` is
    the heading of the day on which its first session starts; all are empty unless sorted by date.
    """

    chunks: tuple[int, ...]
    rows: dict[int, list[SessionRow]]
    rows_before: int
    rows_after: int
    heads_before: int
    heads_after: int
    day: str


def window_at(
    programme: Programme,
    sessions: Sequence[Session],
    top: int,
    attendee: Attendee,
    now: datetime,
    *,
    by_date: bool,
    shown: Sequence[int],
    is_whole: bool = False,
) -> SessionWindow:
    """The window with chunk `top` of these sessions in its middle, for this attendee.

    `shown` are the chunks that the page has; without any, as for a new search, the window is only
    the first chunk, unless it `is_whole`.
    """
    formatted = _rows_of(programme, attendee.profession)
    last = max(0, (len(sessions) - 1) // CHUNK)
    first = max(0, min(top - 1, last - WINDOW_CHUNKS + 1))
    size = WINDOW_CHUNKS if shown or is_whole else 1
    chunks = tuple(range(first, min(first + size, last + 1)))
    day_starts = day_start_indexes(sessions, programme) if by_date else set()
    start, stop = chunks[0] * CHUNK, min((chunks[-1] + 1) * CHUNK, len(sessions))

    def row(index: int, session: Session) -> SessionRow:
        facts = formatted[session.id, by_date, index in day_starts]
        if now >= facts.claimable_from and attendee.badge not in facts.presenters:
            return facts.row
        refusal = _reason_not_claimable(session, programme, attendee.badge, now)
        return replace(facts.row, refusal=facts.row.refusal or refusal)

    return SessionWindow(
        chunks=chunks,
        rows={
            number: [
                row(index, session)
                for index, session in enumerate(
                    sessions[number * CHUNK : (number + 1) * CHUNK], number * CHUNK
                )
            ]
            for number in chunks
            if number not in shown
        },
        rows_before=start,
        rows_after=len(sessions) - stop,
        heads_before=sum(index < start for index in day_starts),
        heads_after=sum(index >= stop for index in day_starts),
        day=formatted[sessions[start].id, True, True].row.day if by_date and sessions else "",
    )


def day_start_indexes(by_date: Sequence[Session], programme: Programme) -> set[int]:
    """Indexes, counted from 0, of the sessions that start a day."""

    def day(session: Session) -> date:
        return programme.days[session.id]

    day_starts: set[int] = set()
    index = 0
    while index < len(by_date):
        day_starts.add(index)
        index = bisect_right(by_date, day(by_date[index]), lo=index, key=day)
    return day_starts


@dataclass(frozen=True, slots=True)
class _FormattedSession:
    """A session's row for a profession, from when it can be claimed, and who presents it."""

    row: SessionRow
    claimable_from: datetime
    presenters: frozenset[str]


class _FormattedProgramme(dict[tuple[int, bool, bool], _FormattedSession]):
    """Rows by session id, whether sorted by date, and whether the session starts a day.

    A row is formatted when it is first shown.
    """

    def __init__(self, programme: Programme, profession: str) -> None:
        self._programme = programme
        self._types = programme.meeting.credit.offered_to(profession)

    def __missing__(self, key: tuple[int, bool, bool]) -> _FormattedSession:
        session_id, by_date, starts_day = key
        session, zone = self._programme.sessions[session_id], self._programme.meeting.zone
        when = text.dates.span if by_date else text.dates.day_span
        row = SessionRow(
            id=session.id,
            title=session.title,
            when=when(session.starts_at, session.ends_at, zone),
            place=" · ".join(part for part in (session.kind.capitalize(), session.room) if part),
            credit=text.credit.first_of(self._types, session.credit),
            more=text.credit.others_of(self._types, session.credit),
            tag=_TAGS[session.delivery],
            day=text.dates.day(self._programme.days[session_id]) if starts_day else "",
            refusal=""
            if any(session.credit.get(each.code) for each in self._types)
            else text.sessions.NO_CREDIT,
        )
        claimable_from = session.claimable_from(on_demand=session.watched_on_demand(None))
        self[key] = formatted = _FormattedSession(row, claimable_from, session.faculty_badges)
        return formatted


_rows_of = lru_cache(maxsize=FORMATTED)(_FormattedProgramme)


def _reason_not_claimable(session: Session, programme: Programme, badge: str, now: datetime) -> str:
    """Why the session cannot be added, shown instead of the Add button; empty if it can."""
    try:
        session.require_claimable(badge, now, on_demand=session.watched_on_demand(None))
    except PresentedByAttendee:
        return text.sessions.PRESENTED
    except NotYetEnded as early:
        return text.sessions.not_before(early.claimable_from, programme.meeting.zone)
    return ""
