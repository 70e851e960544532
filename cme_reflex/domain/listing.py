"""The list of sessions as an attendee asks for it: filtered, searched and sorted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cme_reflex.domain.claim import Line
from cme_reflex.domain.programme import Delivery, Programme, Session
from cme_reflex.domain.text import fold


class Sort(StrEnum):
    """The orders of the list."""

    DATE = "date"
    TITLE = "title"
    HOURS = "hours"


class Show(StrEnum):
    """Which sessions to show in relation to the claim."""

    ALL = "all"
    ADDED = "added"
    FITS = "fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the attendee asks to see. `day` is a date in the meeting's zone."""

    day: date | None = None
    kind: str = ""
    query: str = ""
    sort: Sort = Sort.DATE
    show: Show = Show.ALL


# Like ones stay in the order of the programme, which is by date.
_ORDERS: dict[Sort, Callable[[Session], str | int]] = {
    Sort.TITLE: lambda session: fold(session.title),
    Sort.HOURS: lambda session: -session.quarters,
}


def matching(programme: Programme, listing: Listing, lines: Iterable[Line]) -> list[Session]:
    """The sessions that the listing asks for, in its order."""
    zone = programme.meeting.zone
    chosen = {line.session_id: line for line in lines}
    live = [line for line in chosen.values() if not line.on_demand]
    found = programme.index.search(listing.query)

    def wanted(session: Session) -> bool:
        return (
            session.id in found
            and (not listing.kind or session.kind == listing.kind)
            and (listing.day is None or session.starts_at.astimezone(zone).date() == listing.day)
            and (listing.show is not Show.ADDED or session.id in chosen)
            and (listing.show is not Show.FITS or _fits(session, chosen.keys(), live))
        )

    sessions = [session for session in programme.offered if wanted(session)]
    if order := _ORDERS.get(listing.sort):
        sessions.sort(key=order)
    return sessions


def _fits(session: Session, chosen: Iterable[int], live: Iterable[Line]) -> bool:
    """Whether it could still be added without meeting a line that was attended live."""
    is_free = session.delivery is Delivery.ON_DEMAND or not any(
        line.starts_at < session.ends_at and session.starts_at < line.ends_at for line in live
    )
    return is_free and session.id not in chosen
