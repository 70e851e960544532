"""Reading and writing a claim's rows."""

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from cme_reflex.domain.evaluation import Answer, Answers
from cme_reflex.store.insert import insert_for
from cme_reflex.store.tables import (
    AnswerRow,
    AttendeeRow,
    AuditRow,
    ClaimRow,
    CommandRow,
    LineRow,
    MeetingRow,
    ReceiptRow,
    table_of,
)

_claim, _line, _answer = (table_of(rows) for rows in (ClaimRow, LineRow, AnswerRow))


@dataclass(slots=True)
class KeptClaim:
    """A claim as the store keeps it, see `ClaimRow`; credit in quarter hours. It may be changed."""

    id: int
    status: str = "draft"
    revision: int = 0
    category1: int | None = None
    safety: int | None = None
    reopened_until: datetime | None = None


class KeptLine(NamedTuple):
    """A line as the store keeps it, see `LineRow`; credit in quarter hours."""

    session_id: int
    quarters: int
    safety: int
    on_demand: bool
    removed: bool = False
    lowered: bool = False


# Asked at every event or tap, so they are put together once: that takes longer than the answer.
_SEEN = sa.select(*(_claim.c[field.name] for field in fields(KeptClaim))).where(
    _claim.c.attendee_id == sa.bindparam("attendee")
)
_LOCKED = _SEEN.with_for_update()
_LINES = sa.select(*(_line.c[name] for name in KeptLine._fields)).where(
    _line.c.claim_id == sa.bindparam("claim")
)
_CHANGED = [field.name for field in fields(KeptClaim) if field.name != "id"]
_PUT = sa.update(_claim).where(_claim.c.id == sa.bindparam("claim"))

Seen: TypeAlias = tuple[KeptClaim | None, list[KeptLine]]


def find(db: Session, attendee_id: int) -> ClaimRow | None:
    """The attendee's claim as it stands, if one was begun."""
    begun = select(ClaimRow).where(ClaimRow.attendee_id == attendee_id)
    return db.exec(begun).one_or_none()


def seen(db: sa.Connection, attendee_id: int) -> Seen:
    """The attendee's claim, if one was begun, and all its lines, only to be looked at."""
    claim = _one(db, _SEEN, attendee_id)
    return claim, lines(db, claim.id) if claim else []


def lock(db: sa.Connection, attendee_id: int) -> KeptClaim:
    """The attendee's claim, begun where there is none, and nobody else's until the end of `db`.

    Two devices that begin at once share one claim.
    """
    if (begun := _one(db, _LOCKED, attendee_id)) is not None:
        return begun
    empty = insert_for(db.dialect.name, ClaimRow).values(
        attendee_id=attendee_id, status="draft", revision=0
    )
    db.execute(empty.on_conflict_do_nothing())
    return cast(KeptClaim, _one(db, _LOCKED, attendee_id))


def _one(db: sa.Connection, asked: sa.Select[Any], attendee_id: int) -> KeptClaim | None:
    row = db.execute(asked, {"attendee": attendee_id}).one_or_none()
    return KeptClaim(*row) if row else None


def put(db: sa.Connection, claim: KeptClaim) -> None:
    """Keep what a claim has become."""
    became = {name: getattr(claim, name) for name in _CHANGED}
    db.execute(_PUT, {"claim": claim.id, **became})


@lru_cache
def _noting(dialect: str) -> sa.Insert:
    return insert_for(dialect, CommandRow).on_conflict_do_nothing()


def record_command(db: sa.Connection, claim_id: int, command: str, now: datetime) -> bool:
    """Note that a command is being carried out; False where that was done before."""
    noted = db.execute(_noting(db.dialect.name), {"claim_id": claim_id, "id": command, "at": now})
    return bool(noted.rowcount)


def lines(db: sa.Connection, claim_id: int) -> list[KeptLine]:
    """All lines, the removed ones too."""
    return [KeptLine(*row) for row in db.execute(_LINES, {"claim": claim_id})]


@lru_cache
def _putting(dialect: str) -> sa.Insert:
    line = insert_for(dialect, LineRow)
    new = {name: line.excluded[name] for name in KeptLine._fields}
    return line.on_conflict_do_update(index_elements=["claim_id", "session_id"], set_=new)


def put_line(db: sa.Connection, claim_id: int, line: KeptLine) -> None:
    """Keep a line, over the one before where there is one of its session."""
    db.execute(_putting(db.dialect.name), {"claim_id": claim_id, **line._asdict()})


def answers(db: Session, attendee_id: int) -> Answers:
    """All answers of an attendee, those about removed sessions too."""
    given = (
        select(AnswerRow)
        .join(ClaimRow, col(ClaimRow.id) == AnswerRow.claim_id)
        .where(ClaimRow.attendee_id == attendee_id)
    )
    sessions: dict[int, dict[str, Answer]] = defaultdict(dict)
    overall: dict[str, Answer] = {}
    for row in db.exec(given).all():
        whose = overall if row.session_id is None else sessions[row.session_id]
        whose[row.question] = _given(row.value)
    return Answers(dict(sessions), overall)


def answer(
    db: sa.Connection, claim_id: int, session_id: int | None, question: str
) -> Answer | None:
    """One answer, if it was given. Without a session it belongs to the overall evaluation."""
    value = db.execute(
        sa.select(_answer.c.value).where(_one_answer(claim_id, session_id, question))
    ).scalar_one_or_none()
    return None if value is None else _given(value)


def _given(value: Any) -> Answer:
    return tuple(value) if isinstance(value, list) else cast(Answer, value)


def _one_answer(claim_id: int, session_id: int | None, question: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        _answer.c.claim_id == claim_id,
        _answer.c.session_id.is_not_distinct_from(session_id),
        _answer.c.question == question,
    )


def put_answer(
    db: sa.Connection, claim_id: int, session_id: int | None, question: str, value: Answer | None
) -> None:
    """Keep one answer, over the one before, or with None take it back.

    Without a session it belongs to the overall evaluation.
    """
    if value is None:
        db.execute(sa.delete(_answer).where(_one_answer(claim_id, session_id, question)))
        return
    whose = (
        ["claim_id", "question"] if session_id is None else ["claim_id", "session_id", "question"]
    )
    of_session = sa.text(f"session_id IS {'NULL' if session_id is None else 'NOT NULL'}")
    db.execute(
        insert_for(db.dialect.name, AnswerRow)
        .values(claim_id=claim_id, session_id=session_id, question=question, value=value)
        .on_conflict_do_update(index_elements=whose, index_where=of_session, set_={"value": value})
    )


def receipts(db: Session, claim_id: int) -> list[ReceiptRow]:
    """The receipts of all submitted versions, the newest first."""
    newest_first = (
        select(ReceiptRow)
        .where(ReceiptRow.claim_id == claim_id)
        .order_by(col(ReceiptRow.version).desc())
    )
    return list(db.exec(newest_first).all())


def of_receipt(db: Session, number: str) -> ClaimRow | None:
    """The claim that has a receipt of this number, locked until the end of `db`."""
    claim = (
        select(ClaimRow)
        .join(ReceiptRow, col(ReceiptRow.claim_id) == ClaimRow.id)
        .where(ReceiptRow.number == number)
        .with_for_update(of=ClaimRow)
    )
    return db.exec(claim).one_or_none()


class Issued(NamedTuple):
    """A receipt, the document of its meeting, and the newest version of its claim."""

    receipt: ReceiptRow
    meeting: dict[str, Any]
    newest: int


def issued(db: Session, number: str) -> Issued | None:
    """The receipt of this number, whoever's it is, in one query."""
    newer = aliased(ReceiptRow)
    newest = (
        select(sa.func.max(newer.version))
        .where(col(newer.claim_id) == ReceiptRow.claim_id)
        .scalar_subquery()
    )
    found = (
        select(ReceiptRow, MeetingRow.document, newest)
        .join(ClaimRow, col(ClaimRow.id) == ReceiptRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .where(ReceiptRow.number == number)
    )
    row = db.exec(found).one_or_none()
    return None if row is None else Issued(row[0], dict(row[1]), row[2])


def audit(db: Session, claim_id: int) -> list[AuditRow]:
    """Every change of the claim's status, the first one first."""
    entries = select(AuditRow).where(AuditRow.claim_id == claim_id).order_by(col(AuditRow.id))
    return list(db.exec(entries).all())
