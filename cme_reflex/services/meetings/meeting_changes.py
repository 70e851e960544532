"""Changes of a meeting: each has a version of its own and an entry in the operations log."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from cme_reflex.domain.operations.operation import Operation
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.operations.tables import OperationRow


def record_change(
    db: Session, row: MeetingRow, what: Operation, *, actor: str, now: datetime, **details: Any
) -> None:
    """Increase the version of a locked meeting, and record who changed it."""
    row.version += 1
    details = {"meeting": row.code, "version": row.version, **details}
    db.add(OperationRow(at=now, actor=actor, what=what, details=details))
