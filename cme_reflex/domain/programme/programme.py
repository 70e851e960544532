"""A meeting's programme and its sessions, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from cme_reflex.domain.credit.quarters import Quarters, nearest_quarters
from cme_reflex.domain.folding import fold
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.search import SearchIndex


class Delivery(StrEnum):
    """Ways to attend a session."""

    LIVE = "live"
    ON_DEMAND = "on demand"
    BOTH = "both"


class NotEligible(Exception):
    """The session gives no credit, was withdrawn, or does not belong to this meeting."""


class NotYetEnded(Exception):
    """The session cannot be claimed before this instant (aware UTC)."""

    def __init__(self, claimable_from: datetime) -> None:
        super().__init__(f"This session can be claimed from {claimable_from.isoformat()}.")
        self.claimable_from = claimable_from


class PresentedByAttendee(Exception):
    """The attendee presents the session; faculty may not claim learner credit for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One item of the programme. Times are aware UTC; credit is in quarter hours."""

    id: int
    code: str
    title: str
    kind: str
    track: str
    room: str
    starts_at: datetime
    ends_at: datetime
    speakers: tuple[str, ...]
    delivery: Delivery
    quarters: Quarters
    safety: Quarters
    eligible: bool
    withdrawn: bool = False
    faculty_badges: frozenset[str] = frozenset()
    on_demand_from: datetime | None = None

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Sort key of lists by time: start, title, code."""
        return self.starts_at, self.title, self.code

    @property
    def gives_credit(self) -> bool:
        """Whether it can be on a claim: eligible and not withdrawn."""
        return self.eligible and not self.withdrawn

    def claimable_from(self, *, on_demand: bool) -> datetime:
        """The instant from which it can be claimed: its end, or its release on demand."""
        if on_demand:
            return self.on_demand_from or self.ends_at
        return self.ends_at

    def watched_on_demand(self, requested: bool | None) -> bool:
        """Whether a line counts as on demand: as requested if the session is offered both ways."""
        if self.delivery is Delivery.BOTH:
            return bool(requested)
        return self.delivery is Delivery.ON_DEMAND

    def require_claimable(self, badge: str, now: datetime, *, on_demand: bool) -> None:
        """Raise NotEligible, PresentedByAttendee or NotYetEnded if it cannot be claimed."""
        if not self.gives_credit:
            raise NotEligible(self.code)
        if badge in self.faculty_badges:
            raise PresentedByAttendee(self.code)
        if now < self.claimable_from(on_demand=on_demand):
            raise NotYetEnded(self.claimable_from(on_demand=on_demand))


@dataclass(frozen=True, eq=False)  # compared by identity, so that it can be a key of caches
class Programme:
    """One version of a meeting and its sessions; immutable, and replaced by a newer version."""

    meeting_id: int
    version: int
    meeting: Meeting
    sessions: Mapping[int, Session]

    def session(self, session_id: object) -> Session:
        """The session with this id. Raises NotEligible for anything else."""
        # Not isinstance: True is an int and would match the session with id 1.
        if type(session_id) is not int or session_id not in self.sessions:
            raise NotEligible(session_id)
        return self.sessions[session_id]

    @cached_property
    def eligible_sessions(self) -> tuple[Session, ...]:
        """The sessions that give credit, sorted by start, then title."""
        eligible = (s for s in self.sessions.values() if s.gives_credit)
        return tuple(sorted(eligible, key=lambda s: s.order))

    @cached_property
    def hours_of_instruction(self) -> Quarters:
        """ACCME's "hours of instruction": the total credit of all eligible sessions."""
        return Quarters(sum(session.quarters for session in self.eligible_sessions))

    @cached_property
    def most_for_one(self) -> Quarters:
        """The maximum credit of one person: the time with any live session, counted once.

        Sessions that are only on demand occupy no time and add their credit. In quarter hours.
        """
        live_seconds = 0.0
        covered_until = None
        for session in self.eligible_sessions:  # by start
            if session.delivery is Delivery.ON_DEMAND:
                continue
            end = session.ends_at
            start = (
                session.starts_at
                if covered_until is None
                else max(covered_until, session.starts_at)
            )
            live_seconds += max(0.0, (end - start).total_seconds())
            covered_until = end if covered_until is None else max(covered_until, end)
        on_demand = sum(
            s.quarters for s in self.eligible_sessions if s.delivery is Delivery.ON_DEMAND
        )
        return Quarters(nearest_quarters(int(live_seconds) // 60) + on_demand)

    @cached_property
    def eligible_by_title(self) -> tuple[Session, ...]:
        """The eligible sessions, sorted by title regardless of case and accents."""
        return tuple(sorted(self.eligible_sessions, key=lambda s: (fold(s.title), s.starts_at)))

    @cached_property
    def eligible_by_hours(self) -> tuple[Session, ...]:
        """The eligible sessions, with the most credit first."""
        return tuple(
            sorted(self.eligible_sessions, key=lambda s: (-s.quarters, s.starts_at, s.title))
        )

    @cached_property
    def days(self) -> Mapping[int, date]:
        """The date on which each session starts in the meeting's zone, by session id."""
        zone = self.meeting.zone
        return {key: s.starts_at.astimezone(zone).date() for key, s in self.sessions.items()}

    @cached_property
    def index(self) -> SearchIndex:
        """Search index of title, code, track and speakers of the eligible sessions."""
        return SearchIndex(
            {
                session.id: (session.title, session.code, session.track, *session.speakers)
                for session in self.eligible_sessions
            }
        )
