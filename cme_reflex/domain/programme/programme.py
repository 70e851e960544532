"""A meeting's programme and its sessions, as immutable values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from math import floor

from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, Amounts, CreditTypes, Need
from cme_reflex.domain.credit.line import (
    NOTHING,
    Line,
    full_minutes,
    line_amounts,
    unmet_needs,
)
from cme_reflex.domain.credit.overlap import supported
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
    """One item of the programme. Times are aware UTC.

    `credit` is what it gives in full, and `identifiers` are those of the session for a credit
    type, such as a UAN; both by the type's code.
    """

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
    credit: Amounts = field(hash=False)
    eligible: bool
    withdrawn: bool = False
    faculty_badges: frozenset[str] = frozenset()
    on_demand_from: datetime | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Sort key of lists by time: start, title, code."""
        return self.starts_at, self.title, self.code

    @property
    def minutes(self) -> int:
        """The duration in whole minutes."""
        return full_minutes(self.starts_at, self.ends_at)

    @property
    def gives_credit(self) -> bool:
        """Whether it can be on a claim: eligible and not withdrawn."""
        return self.eligible and not self.withdrawn

    def line(
        self,
        types: CreditTypes,
        minutes: int | None = None,
        stored: Amounts = NOTHING,
        *,
        on_demand: bool = False,
        met: Collection[Need] = (),
    ) -> Line:
        """A claim's line of this session, with the credit of these types (docs/rules.md, 3).

        `minutes` are those taken part, the duration unless given, and at most the duration.
        `stored` has the amounts that were set lower. `met` are the needs that the line meets.
        """
        attended = self.minutes if minutes is None else min(minutes, self.minutes)
        amounts = line_amounts(types, self.credit, self.minutes, attended, stored)
        counted, unmet = unmet_needs(types, amounts, met)
        return Line(
            self.id, self.starts_at, self.ends_at, attended, counted, on_demand, unmet=unmet
        )

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
    def hours_of_instruction(self) -> Amount:
        """ACCME's "hours of instruction": the total credit of all eligible sessions.

        Of the meeting's first primary type, like `most_for_one` (docs/rules.md, 11).
        """
        code = self.meeting.credit.primaries[0].code
        return Amount(sum(s.credit.get(code, NO_CREDIT) for s in self.eligible_sessions))

    @cached_property
    def most_for_one(self) -> Amount:
        """The maximum credit of one person: what all live sessions support, counted once.

        Sessions that are only on demand occupy no time and add their credit.
        """
        primary = self.meeting.credit.primaries[0]
        types, met = CreditTypes((primary,)), tuple(Need)
        lines = [
            s.line(types, on_demand=s.delivery is Delivery.ON_DEMAND, met=met)
            for s in self.eligible_sessions
        ]
        on_demand = sum(line.amount(primary.code) for line in lines if line.on_demand)
        return Amount(floor(supported(primary, lines)) + on_demand)

    @cached_property
    def eligible_by_title(self) -> tuple[Session, ...]:
        """The eligible sessions, sorted by title regardless of case and accents."""
        return tuple(sorted(self.eligible_sessions, key=lambda s: (fold(s.title), s.starts_at)))

    def by_credit(self, code: str) -> tuple[Session, ...]:
        """The eligible sessions with the most credit of a primary type first.

        Of the meeting's first primary type if it has none with this code.
        """
        return self._by_credit.get(code) or self._by_credit[self.meeting.credit.primaries[0].code]

    @cached_property
    def _by_credit(self) -> Mapping[str, tuple[Session, ...]]:
        def by_amount(code: str) -> tuple[Session, ...]:
            return tuple(
                sorted(
                    self.eligible_sessions,
                    key=lambda s: (-s.credit.get(code, NO_CREDIT), s.starts_at, s.title),
                )
            )

        return {each.code: by_amount(each.code) for each in self.meeting.credit.primaries}

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
