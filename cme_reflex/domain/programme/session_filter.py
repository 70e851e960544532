"""Filtering, searching and sorting of the list of sessions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.programme.programme import Delivery, Programme, Session


class SortOrder(StrEnum):
    """Sort orders of the list."""

    DATE = "date"
    TITLE = "title"
    HOURS = "hours"


class ClaimFilter(StrEnum):
    """Filter by claim: all sessions, those added to it, or those that fit into it."""

    ALL = "all"
    ADDED = "added"
    FITS = "fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Filter, search and sort options of the list. `day` is a date in the meeting's zone.

    `credit` is the code of a credit type, of which only sessions that give it are listed. `primary`
    is that of the type by whose amounts HOURS sorts, the meeting's first unless given.
    """

    day: date | None = None
    kind: str = ""
    credit: str = ""
    primary: str = ""
    query: str = ""
    sort: SortOrder = SortOrder.DATE
    show: ClaimFilter = ClaimFilter.ALL


# Each order is sorted only once per version of the programme; filters only omit sessions.
_ORDERS: dict[SortOrder, Callable[[Programme, SessionFilter], tuple[Session, ...]]] = {
    SortOrder.DATE: lambda programme, listing: programme.eligible_sessions,
    SortOrder.TITLE: lambda programme, listing: programme.eligible_by_title,
    SortOrder.HOURS: lambda programme, listing: programme.by_credit(listing.primary),
}


def filter_sessions(
    programme: Programme, listing: SessionFilter, lines: Iterable[Line]
) -> list[Session]:
    """The eligible sessions that match the options, in the requested order."""
    added = {line.session_id: line for line in lines}
    sessions = list(_ORDERS[listing.sort](programme, listing))
    if listing.query.strip():
        matches = programme.index.search(listing.query)
        sessions = [session for session in sessions if session.id in matches]
    if listing.kind:
        sessions = [session for session in sessions if session.kind == listing.kind]
    if listing.credit:
        sessions = [session for session in sessions if session.credit.get(listing.credit)]
    if listing.day is not None:
        sessions = [session for session in sessions if programme.days[session.id] == listing.day]
    if listing.show is ClaimFilter.ADDED:
        sessions = [session for session in sessions if session.id in added]
    if listing.show is ClaimFilter.FITS:
        live = [line for line in added.values() if not line.on_demand]
        sessions = [session for session in sessions if session.id not in added]
        if live:
            sessions = [session for session in sessions if _fits(session, live)]
    return sessions


def _fits(session: Session, live: Iterable[Line]) -> bool:
    """Whether the session overlaps none of the live lines."""
    return session.delivery is Delivery.ON_DEMAND or not any(
        line.starts_at < session.ends_at and session.starts_at < line.ends_at for line in live
    )
