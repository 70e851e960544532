"""Changes of a meeting's sessions and their credit: comparison with the folder, and saving."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.credit.credit_type import CreditTypes
from cme_reflex.formats.meeting_folder.records import MeetingFolder, SessionRecord
from cme_reflex.services.meetings.reused_codes import require_same_sessions
from cme_reflex.services.meetings.row_changes import RowChanges, row_changes, save_rows
from cme_reflex.store.programme.tables import SessionCreditRow, SessionRow


def compare_sessions(
    db: Session, meeting_id: int | None, folder: MeetingFolder, *, same_sessions: bool = False
) -> RowChanges:
    """Compare the folder's sessions with the rows.

    Raises InvalidInput if a claimed session would be another, unless they are the `same_sessions`.

    The values have `credit`, the values of their rows of credit, beside those of their own row.
    """
    rows = db.exec(select(SessionRow).where(SessionRow.meeting_id == meeting_id)).all()
    credit = _existing_credit(db, [cast(int, row.id) for row in rows])
    existing = {row.code: {**row.model_dump(), "credit": credit[cast(int, row.id)]} for row in rows}
    types = folder.meeting.credit
    desired = {record.code: _session(record, types) for record in folder.sessions}
    changes = row_changes(existing, desired)
    if not same_sessions:
        require_same_sessions(db, existing, changes)
    changes.withdrawn = [
        {"id": row.id, "withdrawn": True}
        for row in rows
        if not row.withdrawn and row.code not in desired
    ]
    return changes


def _existing_credit(db: Session, session_ids: list[int]) -> Mapping[int, list[dict[str, Any]]]:
    """The values of the rows of credit by session, without the session, sorted by type."""
    query = (
        select(SessionCreditRow)
        .where(col(SessionCreditRow.session_id).in_(session_ids))
        .order_by(SessionCreditRow.credit_type)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in db.exec(query):
        found[row.session_id].append(row.model_dump(exclude={"session_id"}))
    return found


def _session(record: SessionRecord, types: CreditTypes) -> dict[str, Any]:
    values = asdict(record) | {
        "speakers": list(record.speakers),
        "delivery": record.delivery.value,
        "faculty_badges": sorted(record.faculty_badges),
        "withdrawn": False,
        "credit": [
            {
                "credit_type": code,
                "amount": record.credit[code],
                "identifier": record.identifiers.get(code, ""),
                "part_of": types[code].part_of,
                "part_of_amount": part_of and record.credit[part_of],
            }
            for code in sorted(record.credit)
            for part_of in [types[code].part_of]
        ],
    }
    del values["identifiers"]
    return values


def save_sessions(db: Session, changes: RowChanges, meeting_id: int) -> None:
    """Save the sessions' rows, and replace the rows of credit that differ."""
    credit = {values["code"]: values["credit"] for values in changes.added}
    credit_by_id = {
        values["id"]: values["credit"] for values in changes.changed if "credit" in values
    }
    save_rows(db, SessionRow, _without_credit(changes), meeting_id=meeting_id)
    ids = select(SessionRow.code, SessionRow.id).where(SessionRow.meeting_id == meeting_id)
    credit_by_id |= {
        cast(int, row_id): credit[code] for code, row_id in db.exec(ids).all() if code in credit
    }
    replaced = col(SessionCreditRow.session_id).in_(credit_by_id)
    db.exec(sa.delete(SessionCreditRow).where(replaced))
    rows = [
        values | {"session_id": session_id}
        for session_id, of_session in credit_by_id.items()
        for values in of_session
    ]
    # The database checks that the amount of a subset is within that of its primary type.
    rows.sort(key=lambda values: values["part_of"] is not None)
    if rows:
        db.exec(sa.insert(SessionCreditRow), params=rows)


def _without_credit(sessions: RowChanges) -> RowChanges:
    def without(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: row[key] for key in row if key != "credit"} for row in rows]

    return RowChanges(without(sessions.added), without(sessions.changed), sessions.withdrawn)
