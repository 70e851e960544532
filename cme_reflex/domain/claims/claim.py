"""A claim's status, the rules for changing it, and the requirements for submitting it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto

from cme_reflex.domain.credit.claimable import is_blocking
from cme_reflex.domain.credit.credit_type import Amounts, CreditTypes, Need
from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.credit.overlap import find_conflicts
from cme_reflex.domain.evaluations.form import Answers, Question
from cme_reflex.domain.meetings.meeting import ClaimTerms, Meeting
from cme_reflex.domain.people.names import InvalidName
from cme_reflex.domain.programme.programme import Programme

VERSION_LIMIT = 20
"""Versions of a claim until the attendee cannot reopen it, and that pages list.

Whoever corrects a claim reopens it a few times; each version is kept for years and is mailed.
"""


class ClaimStatus(StrEnum):
    """Status of a claim: draft → submitted, submitted → reopened → submitted again.

    Staff can withdraw a claim that was submitted once, and reopen it afterwards.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"

    @property
    def is_locked(self) -> bool:
        """Whether the attendee cannot change the claim, because it was submitted or withdrawn."""
        return self in LOCKED_STATUSES


LOCKED_STATUSES = frozenset({ClaimStatus.SUBMITTED, ClaimStatus.WITHDRAWN})


class ClaimPeriod(StrEnum):
    """State of the claim period at an instant."""

    NOT_OPEN = auto()
    OPEN = auto()
    CLOSED = auto()


class ClaimLocked(Exception):
    """The claim was submitted; it cannot be changed until it is reopened."""


class ClaimWithdrawn(ClaimLocked):
    """Staff have withdrawn the claim; it cannot be changed until they reopen it."""


class AlreadyWithdrawn(Exception):
    """The claim cannot be withdrawn, because it is withdrawn."""


class ClaimPeriodNotOpen(Exception):
    """The claim period has not begun. `opens_at` is aware."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"The claim period opens at {opens_at.isoformat()}.")
        self.opens_at = opens_at


class ClaimPeriodClosed(Exception):
    """The claim period has ended, or the deadline of a reopened claim. `closed_at` is aware."""

    def __init__(self, closed_at: datetime) -> None:
        super().__init__(f"The claim period closed at {closed_at.isoformat()}.")
        self.closed_at = closed_at


class NotSubmitted(Exception):
    """The claim cannot be reopened, because it is not submitted."""


class ReopeningNotAllowed(Exception):
    """The meeting does not allow attendees to reopen their claims; only staff can."""


class ReopeningLimitReached(Exception):
    """The attendee has submitted VERSION_LIMIT versions of the claim; only staff can reopen it."""


class DeadlinePassed(ValueError):
    """The deadline (aware) set for a reopened claim is in the past."""

    def __init__(self, deadline: datetime) -> None:
        super().__init__(f"The deadline {deadline.isoformat()} is in the past.")
        self.deadline = deadline


class NotInClaim(Exception):
    """The claim has no line for this session."""


class InvalidCommand(ValueError):
    """The browser sent an invalid command id."""


class StaleRevision(Exception):
    """The claim has changed since the page that submits it was shown."""


class Requirement(StrEnum):
    """Kinds of requirements for submitting a claim."""

    LINES = auto()
    CONFLICT = auto()
    WITHDRAWN = auto()
    SESSION_QUESTION = auto()
    OVERALL_QUESTION = auto()
    CREDIT = auto()
    NEED = auto()
    NAME = auto()
    ATTESTATION = auto()


@dataclass(frozen=True, slots=True)
class MissingRequirement:
    """One unmet requirement, with the session, question, credit type or name where it is fixed."""

    requirement: Requirement
    session_id: int | None = None
    question: Question | None = None
    credit: str | None = None
    name: InvalidName | None = None


class ClaimIncomplete(Exception):
    """The claim cannot be submitted yet. `missing` lists every reason in the order of the page."""

    def __init__(self, missing: Sequence[MissingRequirement]) -> None:
        super().__init__(f"{len(missing)} things are missing")
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class Claim:
    """The current state of a claim, without removed lines.

    `revision` increases with every change; a submission carries the revision that was shown.
    `totals` has the totals chosen; a type that is absent is not chosen.
    """

    status: ClaimStatus = ClaimStatus.DRAFT
    revision: int = 0
    totals: Amounts = field(default_factory=dict, hash=False)
    lines: tuple[Line, ...] = ()
    reopened_until: datetime | None = None


def claim_period(
    terms: ClaimTerms, now: datetime, reopened_until: datetime | None = None
) -> ClaimPeriod:
    """The state of the claim period at `now` (aware); a reopened claim has its own deadline."""
    if now < terms.opens_at:
        return ClaimPeriod.NOT_OPEN
    if now < (reopened_until or terms.closes_at):
        return ClaimPeriod.OPEN
    return ClaimPeriod.CLOSED


def require_changeable(claim: Claim, meeting: Meeting, now: datetime) -> None:
    """Check that the attendee can change the claim.

    Raises ClaimLocked, ClaimWithdrawn, ClaimPeriodNotOpen or ClaimPeriodClosed.
    """
    if claim.status is ClaimStatus.WITHDRAWN:
        raise ClaimWithdrawn
    if claim.status.is_locked:
        raise ClaimLocked
    _require_open(claim, meeting, now)


def require_reopenable(claim: Claim, meeting: Meeting, now: datetime, *, versions: int) -> None:
    """Check that the attendee can reopen the claim, of which so many versions were submitted.

    Raises ReopeningNotAllowed, ClaimWithdrawn, NotSubmitted, ClaimPeriodNotOpen, ClaimPeriodClosed
    or ReopeningLimitReached.
    """
    if not meeting.claim.attendee_may_reopen:
        raise ReopeningNotAllowed
    if claim.status is ClaimStatus.WITHDRAWN:
        raise ClaimWithdrawn
    if claim.status is not ClaimStatus.SUBMITTED:
        raise NotSubmitted
    _require_open(claim, meeting, now)
    if versions >= VERSION_LIMIT:
        raise ReopeningLimitReached


def _require_open(claim: Claim, meeting: Meeting, now: datetime) -> None:
    match claim_period(meeting.claim, now, claim.reopened_until):
        case ClaimPeriod.NOT_OPEN:
            raise ClaimPeriodNotOpen(meeting.claim.opens_at)
        case ClaimPeriod.CLOSED:
            raise ClaimPeriodClosed(claim.reopened_until or meeting.claim.closes_at)


def line_needs(answers: Answers, meeting: Meeting, session_id: int) -> frozenset[Need]:
    """What a line meets of the needs of credit types by the attendee's answers."""
    complete = meeting.session_form.is_completed_by(answers.of_session(session_id))
    return frozenset({Need.SESSION_EVALUATION} if complete else ())


def claim_needs(answers: Answers, meeting: Meeting) -> frozenset[Need]:
    """What the whole claim meets of the needs of credit types by the attendee's answers."""
    complete = meeting.overall_form.is_completed_by(answers.overall)
    return frozenset({Need.OVERALL_EVALUATION} if complete else ())


def missing_requirements(
    claim: Claim,
    answers: Answers,
    programme: Programme,
    types: CreditTypes,
    *,
    name: InvalidName | None,
    attested: bool,
) -> tuple[MissingRequirement, ...]:
    """The unmet requirements for submitting the claim, in the order of the page.

    `types` are those offered to the attendee. `name` is why the certificate cannot bear the
    attendee's name.
    """
    meeting = programme.meeting
    missing: list[MissingRequirement] = []
    if not claim.lines:
        missing.append(MissingRequirement(Requirement.LINES))
    missing += [
        MissingRequirement(Requirement.WITHDRAWN, line.session_id)
        for line in claim.lines
        if not programme.sessions[line.session_id].gives_credit
    ]
    conflicts = find_conflicts(types, claim.lines)
    if is_blocking(types, conflicts, meeting.overlap_policy, claim.totals):
        missing.append(MissingRequirement(Requirement.CONFLICT))
    if meeting.claim.session_evaluations_required:
        missing += [
            MissingRequirement(Requirement.SESSION_QUESTION, line.session_id, question)
            for line in claim.lines
            for question in meeting.session_form.missing_required(
                answers.of_session(line.session_id)
            )
        ]
    missing += [
        MissingRequirement(Requirement.OVERALL_QUESTION, question=question)
        for question in meeting.overall_form.missing_required(answers.overall)
    ]
    missing += _missing_totals(claim.totals, types)
    met = claim_needs(answers, meeting)
    missing += [
        MissingRequirement(Requirement.NEED, credit=each.code)
        for each in types
        if each.code in claim.totals and each.needs is Need.OVERALL_EVALUATION
        if each.needs not in met
    ]
    if name:
        missing.append(MissingRequirement(Requirement.NAME, name=name))
    if not attested:
        missing.append(MissingRequirement(Requirement.ATTESTATION))
    return tuple(missing)


def _missing_totals(totals: Amounts, types: CreditTypes) -> list[MissingRequirement]:
    """A total of any primary type; with one chosen, those of which only a subset is chosen."""
    chosen = [each.code for each in types.primaries if each.code in totals]
    if not chosen:
        return [MissingRequirement(Requirement.CREDIT)]
    return [
        MissingRequirement(Requirement.CREDIT, credit=each.code)
        for each in types.primaries
        if each.code not in chosen
        and any(subset.code in totals for subset in types.subsets_of(each.code))
    ]
