"""The life of a claim: when it can be changed, and what Submit still needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto

from cme_reflex.domain.credit.claimable import Line, Totals, conflicts_of, is_blocking
from cme_reflex.domain.evaluations.form import Answers, Question
from cme_reflex.domain.meetings.meeting import ClaimPeriod, Meeting
from cme_reflex.domain.programme.programme import Programme


class ClaimStatus(StrEnum):
    """Where a claim is in its life: draft → submitted, reopened → submitted again."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REOPENED = "reopened"


class ClaimLocked(Exception):
    """The claim was submitted; nothing of it can be changed until it is reopened."""


class ClaimPeriodNotOpen(Exception):
    """The claim period has not begun. `opens_at` is aware."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"The claim period opens at {opens_at.isoformat()}.")
        self.opens_at = opens_at


class ClaimPeriodClosed(Exception):
    """The claim period, or the deadline of a reopened claim, is over. `closed_at` is aware."""

    def __init__(self, closed_at: datetime) -> None:
        super().__init__(f"The claim period closed at {closed_at.isoformat()}.")
        self.closed_at = closed_at


class NotSubmitted(Exception):
    """Only a submitted claim can be reopened."""


class ReopeningNotAllowed(Exception):
    """The meeting does not let attendees reopen their claims; staff can."""


class DeadlinePassed(ValueError):
    """A claim cannot be reopened until an instant (aware) that is over."""

    def __init__(self, deadline: datetime) -> None:
        super().__init__(f"{deadline.isoformat()} is over.")
        self.deadline = deadline


class NotInClaim(Exception):
    """The session is not among the claim's lines."""


class InvalidCommand(ValueError):
    """What the browser gave as the id of a command is none."""


class StaleRevision(Exception):
    """The claim changed since the page that submits it was shown."""


class Requirement(StrEnum):
    """What a claim can lack."""

    LINES = auto()
    CONFLICT = auto()
    WITHDRAWN = auto()
    SESSION_QUESTION = auto()
    OVERALL_QUESTION = auto()
    CATEGORY1 = auto()
    ATTESTATION = auto()


@dataclass(frozen=True, slots=True)
class MissingRequirement:
    """One thing that keeps a claim from being submitted, and where to put it right."""

    requirement: Requirement
    session_id: int | None = None
    question: Question | None = None


class ClaimIncomplete(Exception):
    """The claim cannot be submitted yet. `missing` lists all of it, in the order of the page."""

    def __init__(self, missing: Sequence[MissingRequirement]) -> None:
        super().__init__(f"{len(missing)} things are missing")
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it stands, without what was removed from it.

    `revision` grows with every change; a submission names the one that it saw.
    """

    status: ClaimStatus = ClaimStatus.DRAFT
    revision: int = 0
    totals: Totals = field(default_factory=lambda: Totals(None, None))
    lines: tuple[Line, ...] = ()
    reopened_until: datetime | None = None


def require_changeable(claim: Claim, meeting: Meeting, now: datetime) -> None:
    """Raise ClaimLocked, ClaimPeriodNotOpen or ClaimPeriodClosed where nothing may change."""
    if claim.status is ClaimStatus.SUBMITTED:
        raise ClaimLocked
    _require_open(claim, meeting, now)


def require_reopenable(claim: Claim, meeting: Meeting, now: datetime) -> None:
    """Raise what keeps an attendee from reopening the claim.

    ReopeningNotAllowed, NotSubmitted, ClaimPeriodNotOpen or ClaimPeriodClosed.
    """
    if not meeting.claim.attendee_may_reopen:
        raise ReopeningNotAllowed
    if claim.status is not ClaimStatus.SUBMITTED:
        raise NotSubmitted
    _require_open(claim, meeting, now)


def _require_open(claim: Claim, meeting: Meeting, now: datetime) -> None:
    match meeting.period(now, claim.reopened_until):
        case ClaimPeriod.NOT_OPEN:
            raise ClaimPeriodNotOpen(meeting.claim.opens_at)
        case ClaimPeriod.CLOSED:
            raise ClaimPeriodClosed(claim.reopened_until or meeting.claim.closes_at)


def missing_requirements(
    claim: Claim, answers: Answers, programme: Programme, *, attested: bool
) -> tuple[MissingRequirement, ...]:
    """What the claim still needs before it can be submitted, in the order of the page."""
    meeting = programme.meeting
    needs: list[MissingRequirement] = []
    if not claim.lines:
        needs.append(MissingRequirement(Requirement.LINES))
    needs += [
        MissingRequirement(Requirement.WITHDRAWN, line.session_id)
        for line in claim.lines
        if not programme.sessions[line.session_id].gives_credit
    ]
    if is_blocking(conflicts_of(claim.lines), meeting.overlap_policy):
        needs.append(MissingRequirement(Requirement.CONFLICT))
    if meeting.claim.session_evaluations_required:
        needs += [
            MissingRequirement(Requirement.SESSION_QUESTION, line.session_id, question)
            for line in claim.lines
            for question in meeting.session_form.missing_required(
                answers.of_session(line.session_id)
            )
        ]
    needs += [
        MissingRequirement(Requirement.OVERALL_QUESTION, question=question)
        for question in meeting.overall_form.missing_required(answers.overall)
    ]
    if claim.totals.category1 is None:
        needs.append(MissingRequirement(Requirement.CATEGORY1))
    if not attested:
        needs.append(MissingRequirement(Requirement.ATTESTATION))
    return tuple(needs)
