"""Taking back in what PARS rejected: a rejected row never took effect."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from cme_reflex.domain.pars import same_row
from cme_reflex.exchange.pars_rejections import Rejected, Rejections
from cme_reflex.services.learners import TIMEOUT, meeting_of
from cme_reflex.services.pars import NoSuchBatch, row_of
from cme_reflex.store import reporting
from cme_reflex.store.database import write
from cme_reflex.store.tables import ReportedRow


class UnknownRows(LookupError):
    """Rows of the file that were never reported, so nothing was taken in."""

    def __init__(self, rows: Sequence[Rejected]) -> None:
        super().__init__(f"{len(rows)} rows were never reported")
        self.rows = tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a file of rejections did: rows marked now, and rows that were already.

    With `before`, this very file was taken in before, and nothing was done.
    """

    meeting: str
    rejected: int = 0
    known: int = 0
    before: bool = False


async def take_in(
    code: str, rejections: Rejections, *, now: datetime, batch: int | None = None
) -> Taken:
    """Mark what PARS rejected, all of the file or nothing.

    A row is that of this batch, or of the newest one that has it. The same file
    is taken in once, because a row may have been sent anew since; a batch says
    that PARS answered it in the same words as one before.

    Raises UnknownRows, NoSuchBatch, UnknownMeeting.
    """

    def mark(db: Session) -> Taken:
        meeting_id, _ = meeting_of(db, code)
        if batch is not None and reporting.batch(db, meeting_id, batch) is None:
            last = reporting.last_batch(db, meeting_id)
            raise NoSuchBatch(batch, last.number if last else None)
        reported = reporting.reported(db, meeting_id, batch, lock=True)
        if batch is None and any(row.rejected_in == rejections.digest for row in reported):
            return Taken(meeting=code, known=len(rejections.rows), before=True)
        new = 0
        for rejected, row in _match(rejections.rows, reported):
            if row.rejected_at is None:
                row.rejected_at, row.rejection = now, rejected.reason
                row.rejected_in = rejections.digest
                new += 1
        return Taken(meeting=code, rejected=new, known=len(rejections.rows) - new)

    return await write(mark, timeout=TIMEOUT)


def _match(
    rejected: Iterable[Rejected], reported: Iterable[ReportedRow]
) -> list[tuple[Rejected, ReportedRow]]:
    """Each rejected row with the one that was reported. Raises UnknownRows."""
    newest: dict[tuple[str, ...], list[ReportedRow]] = defaultdict(list)
    for row in reported:
        same = newest[same_row(row_of(row))]
        if same and same[0].batch_id != row.batch_id:
            same.clear()
        # One person may be registered twice; then a batch has the same row twice.
        same.append(row)
    found, unknown = [], []
    for each in rejected:
        same = newest.get(same_row(each.row), [])
        if same:
            found.append((each, same[-1] if len(same) == 1 else same.pop()))
        else:
            unknown.append(each)
    if unknown:
        raise UnknownRows(unknown)
    return found
