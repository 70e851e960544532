"""The programme: a meeting's sessions, as one immutable value."""

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
    """How a session can be attended."""

    LIVE = "live"
    ON_DEMAND = "on demand"
    BOTH = "both"


class NotEligible(Exception):
    """The session carries no credit, or was withdrawn, or is not this meeting's."""


class NotYetEnded(Exception):
    """The session cannot be claimed before this instant (aware UTC)."""

    def __init__(self, claimable_from: datetime) -> None:
        super().__init__(f"This session can be claimed from {claimable_from.isoformat()}.")
        self.claimable_from = claimable_from


class PresentedByAttendee(Exception):
    """Faculty may not claim learner credit for a session that they present."""


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

    def __hash__(self) -> int:
        """Of its id alone: equal sessions have equal ids, and a list asks for it at every row."""
        return hash(self.id)

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Its place wherever sessions are listed by time: by start, then title."""
        return self.starts_at, self.title, self.code

    @property
    def gives_credit(self) -> bool:
        """Whether it can be on a claim: eligible, and not withdrawn since."""
        return self.eligible and not self.withdrawn

    def claimable_from(self, *, on_demand: bool) -> datetime:
        """The instant from which it can be claimed: its end, on demand its release."""
        if on_demand:
            return self.on_demand_from or self.ends_at
        return self.ends_at

    def watched_on_demand(self, asked: bool | None) -> bool:
        """Whether a line counts as on demand: as asked where there is a choice."""
        if self.delivery is Delivery.BOTH:
            return bool(asked)
        return self.delivery is Delivery.ON_DEMAND

    def require_claimable(self, badge: str, now: datetime, *, on_demand: bool) -> None:
        """Raise NotEligible, PresentedByAttendee or NotYetEnded where it cannot be claimed."""
        if not self.gives_credit:
            raise NotEligible(self.code)
        if badge in self.faculty_badges:
            raise PresentedByAttendee(self.code)
        if now < self.claimable_from(on_demand=on_demand):
            raise NotYetEnded(self.claimable_from(on_demand=on_demand))


@dataclass(frozen=True)
class Programme:
    """A meeting and its sessions; never changed, only replaced by a newer version."""

    meeting_id: int
    version: int
    meeting: Meeting
    sessions: Mapping[int, Session]

    def session(self, session_id: object) -> Session:
        """The session with this id. Raises NotEligible for anything else."""
        # True would be an instance of int, and so the first session.
        if type(session_id) is not int or session_id not in self.sessions:
            raise NotEligible(session_id)
        return self.sessions[session_id]

    @cached_property
    def eligible_sessions(self) -> tuple[Session, ...]:
        """The sessions that carry credit, by start, then title."""
        eligible = (s for s in self.sessions.values() if s.gives_credit)
        return tuple(sorted(eligible, key=lambda s: s.order))

    @cached_property
    def hours_of_instruction(self) -> Quarters:
        """ACCME's figure for the activity: the sum of the credit of all that is offered."""
        return Quarters(sum(session.quarters for session in self.eligible_sessions))

    @cached_property
    def most_for_one(self) -> Quarters:
        """The most that one person could claim: the time in which anything was live, once.

        What is on demand only has no clock and adds its credit. In quarter hours.
        """
        covered = 0.0
        until = None
        for session in self.eligible_sessions:  # by start
            if session.delivery is Delivery.ON_DEMAND:
                continue
            begins = session.starts_at if until is None else max(until, session.starts_at)
            covered += max(0.0, (session.ends_at - begins).total_seconds())
            until = session.ends_at if until is None else max(until, session.ends_at)
        recorded = sum(
            s.quarters for s in self.eligible_sessions if s.delivery is Delivery.ON_DEMAND
        )
        return Quarters(nearest_quarters(int(covered) // 60) + recorded)

    @cached_property
    def eligible_by_title(self) -> tuple[Session, ...]:
        """The same by title, whatever its case and accents."""
        return tuple(sorted(self.eligible_sessions, key=lambda s: (fold(s.title), s.starts_at)))

    @cached_property
    def eligible_by_hours(self) -> tuple[Session, ...]:
        """The same, with the most credit first."""
        return tuple(
            sorted(self.eligible_sessions, key=lambda s: (-s.quarters, s.starts_at, s.title))
        )

    @cached_property
    def days(self) -> Mapping[int, date]:
        """The day that each session begins on, in the meeting's zone, by the session's id."""
        zone = self.meeting.zone
        return {key: s.starts_at.astimezone(zone).date() for key, s in self.sessions.items()}

    @cached_property
    def index(self) -> SearchIndex:
        """What the search looks in: title, code, track and speakers of what is offered."""
        return SearchIndex(
            {
                session.id: (session.title, session.code, session.track, *session.speakers)
                for session in self.eligible_sessions
            }
        )
