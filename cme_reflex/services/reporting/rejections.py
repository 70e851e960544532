"""Taking back in what PARS rejected: a rejected row never took effect."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from cme_reflex.domain.reporting.pars import row_key
from cme_reflex.formats.reports.pars_rejections import RejectedRow, RejectionFile
from cme_reflex.services.reporting.learners import TIMEOUT, load_meeting_terms
from cme_reflex.services.reporting.pars import BatchNotFound
from cme_reflex.store.database import write
from cme_reflex.store.reporting import reporting
from cme_reflex.store.reporting.reporting import pars_row
from cme_reflex.store.reporting.tables import ReportingRow


class RowsNotFound(LookupError):
    """Rows of the file that were never reported, so nothing was taken in."""

    def __init__(self, rows: Sequence[RejectedRow]) -> None:
        super().__init__(f"{len(rows)} rows were never reported")
        self.rows = tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What a file of rejections did: rows marked now, and rows that were already.

    With `before`, this very file was taken in before, and nothing was done.
    """

    meeting: str
    rejected: int = 0
    known: int = 0
    before: bool = False


async def import_rejections(
    code: str, rejections: RejectionFile, *, now: datetime, batch: int | None = None
) -> ImportResult:
    """Mark what PARS rejected, all of the file or nothing.

    A row is that of this batch, or of the newest one that has it. The same file
    is taken in once, because a row may have been sent anew since; a batch says
    that PARS answered it in the same words as one before.

    Raises RowsNotFound, BatchNotFound, MeetingNotFound.
    """

    def mark(db: Session) -> ImportResult:
        meeting_id, _ = load_meeting_terms(db, code)
        if batch is not None and reporting.find_batch(db, meeting_id, batch) is None:
            last = reporting.latest_batch(db, meeting_id)
            raise BatchNotFound(batch, last.number if last else None)
        reported = reporting.reported_rows(db, meeting_id, batch, lock=True)
        if batch is None and any(row.rejected_in == rejections.digest for row in reported):
            return ImportResult(meeting=code, known=len(rejections.rows), before=True)
        new = 0
        for rejected, row in _match(rejections.rows, reported):
            if row.rejected_at is None:
                row.rejected_at, row.rejection = now, rejected.reason
                row.rejected_in = rejections.digest
                new += 1
        return ImportResult(meeting=code, rejected=new, known=len(rejections.rows) - new)

    return await write(mark, timeout=TIMEOUT)


def _match(
    rejected: Iterable[RejectedRow], reported: Iterable[ReportingRow]
) -> list[tuple[RejectedRow, ReportingRow]]:
    """Each rejected row with the one that was reported. Raises RowsNotFound."""
    newest: dict[tuple[str, ...], list[ReportingRow]] = defaultdict(list)
    for row in reported:
        same = newest[row_key(pars_row(row))]
        if same and same[0].batch_id != row.batch_id:
            same.clear()
        # One person may be registered twice; then a batch has the same row twice.
        same.append(row)
    found, unknown = [], []
    for each in rejected:
        same = newest.get(row_key(each.row), [])
        if same:
            found.append((each, same[-1] if len(same) == 1 else same.pop()))
        else:
            unknown.append(each)
    if unknown:
        raise RowsNotFound(unknown)
    return found
