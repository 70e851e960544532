"""Check of a meeting's learner records before they are reported to PARS."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from cme_reflex.domain.reporting import pars
from cme_reflex.domain.reporting.learner import FieldFault
from cme_reflex.services.reporting.learners import (
    TIMEOUT,
    iter_learners,
    load_meeting_terms,
)
from cme_reflex.store.database import read
from cme_reflex.store.reporting import reporting


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLearner:
    """An attendee whose record PARS would reject (faults by field) or has rejected (its reason)."""

    badge: str
    name: str
    faults: dict[str, FieldFault]
    rejection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Result of a check; counts are attendees.

    `reportable` attendees consented and have submitted; `waiting` ones have not submitted; the
    claims of `withdrawn` ones were withdrawn.
    """

    meeting: str
    activity_id: str
    report_by: date
    year_closes: date
    reportable: int
    waiting: int
    withdrawn: int
    refused: tuple[RejectedLearner, ...]

    @property
    def passes(self) -> bool:
        """Whether PARS would accept everything."""
        return pars.is_activity_id(self.activity_id) and not self.refused


async def check(code: str) -> CheckResult:
    """Check the records of all attendees who opted in. Raises MeetingNotFound."""
    return await read(lambda db: _check(db, code), timeout=TIMEOUT)


def _check(db: Session, code: str) -> CheckResult:
    meeting_id, meeting = load_meeting_terms(db, code)
    reported = reporting.rows_by_attendee(db, meeting_id)
    reportable = waiting = withdrawn = 0
    refused = []
    for learner in iter_learners(db, meeting_id):
        reportable += learner.reportable
        if learner.active and not learner.versions:
            withdrawn += learner.claim_withdrawn
            waiting += not learner.claim_withdrawn
        faults, rejection = learner.faults, learner.rejection(reported[learner.id])
        reports = learner.active and (learner.versions or not learner.claim_withdrawn)
        if reports and (faults or rejection):
            refused.append(
                RejectedLearner(
                    badge=learner.badge, name=learner.name, faults=faults, rejection=rejection
                )
            )
    return CheckResult(
        meeting=code,
        activity_id=meeting.reporting.pars_activity_id,
        report_by=pars.report_due(meeting),
        year_closes=pars.year_closes(meeting),
        reportable=reportable,
        waiting=waiting,
        withdrawn=withdrawn,
        refused=tuple(refused),
    )
