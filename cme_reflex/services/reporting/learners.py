"""Learners who opted in to credit reporting at a meeting, with their submitted versions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import cast

from sqlmodel import Session

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.names import full_name
from cme_reflex.domain.reporting.learner import (
    BOARDS,
    FieldFault,
    InvalidLearner,
    Learner,
    parse_learner,
)
from cme_reflex.domain.reporting.pars import RecordAction, ReportableVersion
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.services.claims.certificate_snapshot import line_credit
from cme_reflex.services.programme.programme_cache import meeting_by_code
from cme_reflex.store.claims.tables import ReceiptCreditRow, ReceiptRow
from cme_reflex.store.reporting import reporting
from cme_reflex.store.reporting.tables import OptInRow, ReportingRow

TIMEOUT = 60.0  # seconds per statement about all learners; no page waits for it


@dataclass(frozen=True, slots=True)
class ReportedLearner:
    """An attendee who opted in, even if withdrawn since, with all submitted versions.

    Versions that staff have withdrawn are left out; `claim_withdrawn` says that there are some.
    """

    id: int
    badge: str
    name: str
    learner: Learner
    consented_at: datetime
    active: bool
    versions: tuple[ReportableVersion, ...]
    claim_withdrawn: bool

    @property
    def reportable(self) -> bool:
        """Whether the consent is active and there is a submitted version."""
        return self.active and bool(self.versions)

    def rejection(self, rows: Sequence[ReportingRow]) -> str:
        """PARS's reason for rejecting the newest added one of these rows of the learner.

        Empty if it did not, or if the attendee has saved the data since.
        """
        newest = next((row for row in reversed(rows) if row.action == RecordAction.ADD), None)
        if newest is None or not reporting.is_rejected(newest, self.consented_at):
            return ""
        return newest.rejection

    @property
    def faults(self) -> dict[str, FieldFault]:
        """Faults for which PARS would reject the learner, by field."""
        # Data that were valid when saved may violate today's rules.
        try:
            parse_learner(asdict(self.learner), BOARDS)
        except InvalidLearner as invalid:
            return invalid.faults
        return {}


def load_meeting_terms(db: Session, code: str) -> tuple[int, Meeting]:
    """The meeting and its id. Raises MeetingNotFound."""
    row = meeting_by_code(db, code)
    return cast(int, row.id), meeting_from_document(row.document)


def iter_learners(db: Session, meeting_id: int) -> Iterator[ReportedLearner]:
    """All learners who ever opted in; only one at a time is in memory with the receipts."""
    last: ReportedLearner | None = None
    for attendee, row, receipt, credit in reporting.iter_opt_ins(db, meeting_id):
        withdrawn = receipt is not None and receipt.withdrawn_at is not None
        versions = (_version(receipt, credit),) if receipt and not withdrawn else ()
        if last is not None and last.id == attendee.id:
            versions = (*last.versions, *versions)
            withdrawn = withdrawn or last.claim_withdrawn
        elif last is not None:
            yield last
        last = ReportedLearner(
            id=row.attendee_id,
            badge=attendee.badge,
            name=full_name(attendee.first_name, attendee.last_name, attendee.suffix),
            learner=learner_from_row(row),
            consented_at=row.consented_at,
            active=row.withdrawn_at is None,
            versions=versions,
            claim_withdrawn=withdrawn,
        )
    if last is not None:
        yield last


def learner_from_row(row: OptInRow) -> Learner:
    """The learner of an opt-in's row."""
    return Learner(**{field.name: getattr(row, field.name) for field in fields(Learner)})


def _version(receipt: ReceiptRow, credit: Iterable[ReceiptCreditRow]) -> ReportableVersion:
    lines = receipt.document["lines"]
    return ReportableVersion(
        submitted_at=receipt.submitted_at,
        totals={each.credit_type: Amount(each.amount) for each in credit},
        on_demand=any(line["on_demand"] for line in lines),
        lines=tuple(
            sorted(
                (line["code"], tuple(sorted(line_credit(line).items())), line["on_demand"])
                for line in lines
            )
        ),
    )
