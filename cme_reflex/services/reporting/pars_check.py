"""What PARS would reject of a meeting, by attendee, before it does."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from cme_reflex.domain.reporting import pars
from cme_reflex.domain.reporting.learner import FieldFault
from cme_reflex.domain.reporting.pars import RecordAction
from cme_reflex.services.reporting.learners import (
    TIMEOUT,
    ReportedLearner,
    iter_learners,
    load_meeting_terms,
)
from cme_reflex.store.database import read
from cme_reflex.store.reporting import reporting
from cme_reflex.store.reporting.tables import ReportingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLearner:
    """An attendee of whom PARS would reject the record: faults by field, or what PARS said."""

    badge: str
    name: str
    faults: dict[str, FieldFault]
    rejection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How it stands with the reporting of a meeting; counts are attendees.

    `reportable` consented and have submitted; `waiting` consented and have not.
    """

    meeting: str
    activity_id: str
    report_by: date
    year_closes: date
    reportable: int
    waiting: int
    refused: tuple[RejectedLearner, ...]

    @property
    def passes(self) -> bool:
        """Whether PARS would take everything."""
        return pars.is_activity_id(self.activity_id) and not self.refused


async def check(code: str) -> CheckResult:
    """What PARS would reject, by attendee. Raises MeetingNotFound."""
    return await read(lambda db: _check(db, code), timeout=TIMEOUT)


def _check(db: Session, code: str) -> CheckResult:
    meeting_id, meeting = load_meeting_terms(db, code)
    rejected: dict[int, ReportingRow] = {}
    for row in reporting.reported_rows(db, meeting_id):
        if row.rejected_at is not None and row.action == RecordAction.ADD:
            rejected[row.attendee_id] = row
    reportable = waiting = 0
    refused = []
    for known in iter_learners(db, meeting_id):
        reportable += known.reportable
        waiting += known.active and not known.versions
        faults, said = known.faults, _still_rejected(known, rejected.get(known.id))
        if known.active and (faults or said):
            refused.append(
                RejectedLearner(badge=known.badge, name=known.name, faults=faults, rejection=said)
            )
    return CheckResult(
        meeting=code,
        activity_id=meeting.reporting.pars_activity_id,
        report_by=pars.report_due(meeting),
        year_closes=pars.year_closes(meeting),
        reportable=reportable,
        waiting=waiting,
        refused=tuple(refused),
    )


def _still_rejected(known: ReportedLearner, row: ReportingRow | None) -> str:
    """Why PARS rejected the attendee's record, where nothing was corrected since."""
    if row is None or row.rejected_at is None or row.rejected_at <= known.consented_at:
        return ""
    return row.rejection
