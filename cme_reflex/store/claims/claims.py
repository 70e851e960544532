"""Queries for claims, their lines, answers and receipts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditTypes
from cme_reflex.domain.evaluations.form import Answer, Answers
from cme_reflex.store.claims.tables import (
    NOT_CHOSEN,
    ClaimAuditRow,
    ClaimRow,
    CommandRow,
    LineCreditRow,
    LineRow,
    ReceiptRow,
    TotalRow,
)
from cme_reflex.store.evaluations.tables import AnswerRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.upsert import insert_for, table_of

_claim, _line, _lower = table_of(ClaimRow), table_of(LineRow), table_of(LineCreditRow)
_total = table_of(TotalRow)

# Executed at every event, so they are built once: building takes longer than executing. On the
# connection they return columns, which have the names of an object's attributes and cost a third.
_CLAIM = select(ClaimRow).where(ClaimRow.attendee_id == sa.bindparam("attendee"))
_FOR_UPDATE = _CLAIM.with_for_update().execution_options(populate_existing=True)
_SAVE_CLAIM = sa.update(_claim).where(_claim.c.id == sa.bindparam("claim"))
_DELETE_TOTALS = sa.delete(_total).where(_total.c.claim_id == sa.bindparam("claim"))


class ClaimContent(NamedTuple):
    """The lines and totals of a claim, only to be read.

    `lines` include removed ones, and `lower_amounts`, by session id, are those that the attendee
    set. Of `totals`, a credit type that is absent is not chosen.
    """

    lines: list[LineRow]
    lower_amounts: dict[int, dict[str, Amount]]
    totals: dict[str, Amount]


NO_CONTENT = ClaimContent([], {}, {})


def _select_content(ids: sa.ColumnElement[Any]) -> sa.CompoundSelect[Any]:
    """Lines with each lower amount, and totals: all that a claim consists of, in one statement.

    A row of a line without a lower amount has no credit type, and that of a total has no session.
    """
    lower = sa.and_(
        _lower.c.claim_id == _line.c.claim_id, _lower.c.session_id == _line.c.session_id
    )
    lines = (
        sa.select(_line, _lower.c.credit_type, _lower.c.amount)
        .outerjoin_from(_line, _lower, lower)
        .where(_is_of(_line, ids))
    )
    no_line = (sa.null() for _ in range(len(_line.c) - 1))
    totals = sa.select(_total.c.claim_id, *no_line, _total.c.credit_type, _total.c.amount).where(
        _is_of(_total, ids)
    )
    return sa.union_all(lines, totals)


def _is_of(table: sa.Table, ids: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return table.c.claim_id.in_(ids) if ids.expanding else table.c.claim_id == ids


_CONTENT = _select_content(sa.bindparam("claim"))
_CONTENTS = _select_content(sa.bindparam("claims", expanding=True))


def find(db: Session, attendee_id: int) -> ClaimRow | None:
    """The attendee's claim, or None."""
    return db.exec(_CLAIM, params={"attendee": attendee_id}).one_or_none()


def find_with_content(db: Session, attendee_id: int) -> tuple[ClaimRow | None, ClaimContent]:
    """The attendee's claim, if one was begun, with its lines and totals, only to be read."""
    claim: Any = db.connection().execute(_CLAIM, {"attendee": attendee_id}).one_or_none()
    return claim, NO_CONTENT if claim is None else content(db, claim.id)


def find_for_update(db: Session, attendee_id: int) -> ClaimRow:
    """The attendee's claim, created if there is none, and locked until the end of the transaction.

    Two devices that create it at the same time share one claim.
    """
    parameters = {"attendee": attendee_id}
    if (claim := db.exec(_FOR_UPDATE, params=parameters).one_or_none()) is not None:
        return claim
    db.exec(_empty_claim(_dialect(db)), params={"attendee_id": attendee_id})
    return db.exec(_FOR_UPDATE, params=parameters).one()


@lru_cache
def _empty_claim(dialect: str) -> sa.Insert:
    empty = {"status": "draft", "revision": 0}
    return insert_for(dialect, ClaimRow).values(empty).on_conflict_do_nothing()


def record_command(db: Session, claim_id: int, command: str, now: datetime) -> bool:
    """Record that a command is being executed; False if it was recorded before."""
    connection = db.connection()
    values = {"claim_id": claim_id, "id": command, "at": now}
    return bool(connection.execute(_new_command(connection.dialect.name), values).rowcount)


def forget_commands(db: Session, claim_id: int, *, keep: int, at_most: int) -> None:
    """Delete the records of a claim's commands but the last so many, and `at_most` at once."""
    newest_first = select(CommandRow.id).where(CommandRow.claim_id == claim_id)
    newest_first = newest_first.order_by(col(CommandRow.at).desc(), CommandRow.id)
    older = newest_first.offset(keep).limit(at_most)
    db.exec(
        sa.delete(CommandRow).where(
            col(CommandRow.claim_id) == claim_id, col(CommandRow.id).in_(older)
        )
    )


@lru_cache
def _new_command(dialect: str) -> sa.Insert:
    return insert_for(dialect, CommandRow).on_conflict_do_nothing()


def _dialect(db: Session) -> str:
    return db.get_bind().dialect.name


def content(db: Session, claim_id: int) -> ClaimContent:
    """The lines and totals of a claim, in one statement."""
    return _contents(db.connection().execute(_CONTENT, {"claim": claim_id}).all())[claim_id]


def contents(db: Session, claim_ids: Collection[int]) -> Mapping[int, ClaimContent]:
    """The lines and totals of these claims, by the claims' ids, in one statement."""
    return _contents(db.connection().execute(_CONTENTS, {"claims": list(claim_ids)}).all())


def _contents(rows: Iterable[Any]) -> Mapping[int, ClaimContent]:
    found: dict[int, ClaimContent] = defaultdict(lambda: ClaimContent([], {}, {}))
    for row in rows:
        lines, lower_amounts, totals = found[row.claim_id]
        if row.session_id is None:
            if row.amount != NOT_CHOSEN:
                totals[row.credit_type] = row.amount
            continue
        if row.session_id not in lower_amounts:
            lines.append(row)
            lower_amounts[row.session_id] = {}
        if row.credit_type is not None:
            lower_amounts[row.session_id][row.credit_type] = row.amount
    return found


def save_totals(db: Session, claim_id: int, types: CreditTypes, totals: Amounts) -> None:
    """Replace all totals of a claim; a type that is absent from them is not chosen."""
    connection = db.connection()
    connection.execute(_DELETE_TOTALS, {"claim": claim_id})
    wholes = {each.part_of for each in types if each.code in totals}
    rows = [
        {
            "claim_id": claim_id,
            "credit_type": each.code,
            "amount": totals.get(each.code, NOT_CHOSEN),
            "part_of": each.part_of,
            "part_of_amount": each.part_of and totals.get(each.part_of, NOT_CHOSEN),
        }
        for each in types
        if each.code in totals or each.code in wholes
    ]
    if rows:
        connection.execute(sa.insert(_total), rows)


def save_line(db: Session, line: LineRow) -> None:
    """Insert or update a line, but not its lower amounts."""
    connection = db.connection()
    connection.execute(_save_line(connection.dialect.name), line.model_dump())


def save_lower_amount(
    db: Session, claim_id: int, session_id: int, credit_type: str, amount: Amount | None
) -> None:
    """Insert or update an amount that is lower than the line gives; None deletes it."""
    key = {"claim_id": claim_id, "session_id": session_id, "credit_type": credit_type}
    if amount is None:
        db.exec(sa.delete(_lower).filter_by(**key))
        return
    db.exec(
        insert_for(_dialect(db), LineCreditRow)
        .values(**key, amount=amount)
        .on_conflict_do_update(index_elements=[*key], set_={"amount": amount})
    )


def save_claim(db: Session, claim: ClaimRow) -> None:
    """Save a claim, as the last thing that is done with it.

    The session's own flush would save the same. It costs three times as much, at every tap.
    """
    values = claim.model_dump(exclude={"id"})
    db.connection().execute(_SAVE_CLAIM, {"claim": claim.id, **values})
    db.expunge(claim)


@lru_cache
def _save_line(dialect: str) -> sa.Insert:
    line = insert_for(dialect, LineRow)
    key = ["claim_id", "session_id"]
    changed = {column.name: column for column in line.excluded if column.name not in key}
    return line.on_conflict_do_update(index_elements=key, set_=changed)


def answers(db: Session, attendee_id: int) -> Answers:
    """All answers of an attendee, including those about removed sessions."""
    query = (
        select(AnswerRow)
        .join(ClaimRow, col(ClaimRow.id) == AnswerRow.claim_id)
        .where(ClaimRow.attendee_id == attendee_id)
    )
    sessions: dict[int, dict[str, Answer]] = defaultdict(dict)
    overall: dict[str, Answer] = {}
    for row in db.exec(query).all():
        section = overall if row.session_id is None else sessions[row.session_id]
        section[row.question] = _answer(row.value)
    return Answers(dict(sessions), overall)


def answer(db: Session, claim_id: int, session_id: int | None, question: str) -> Answer | None:
    """One answer, or None. Without a session it belongs to the overall evaluation."""
    value = db.exec(
        select(AnswerRow.value).where(_is_answer(claim_id, session_id, question))
    ).one_or_none()
    return None if value is None else _answer(value)


def _answer(value: Any) -> Answer:
    # JSON has lists for the tuples of an answer.
    return tuple(value) if isinstance(value, list) else cast(Answer, value)


def _is_answer(claim_id: int, session_id: int | None, question: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(AnswerRow.claim_id) == claim_id,
        col(AnswerRow.session_id).is_not_distinct_from(session_id),
        col(AnswerRow.question) == question,
    )


def save_answer(
    db: Session, claim_id: int, session_id: int | None, question: str, value: Answer | None
) -> None:
    """Insert or update one answer; None deletes it.

    Without a session it belongs to the overall evaluation.
    """
    if value is None:
        db.exec(sa.delete(AnswerRow).where(_is_answer(claim_id, session_id, question)))
        return
    unique = (
        ["claim_id", "question"] if session_id is None else ["claim_id", "session_id", "question"]
    )
    where = sa.text(f"session_id IS {'NULL' if session_id is None else 'NOT NULL'}")
    db.exec(
        insert_for(_dialect(db), AnswerRow)
        .values(claim_id=claim_id, session_id=session_id, question=question, value=value)
        .on_conflict_do_update(index_elements=unique, index_where=where, set_={"value": value})
    )


def receipts(db: Session, claim_id: int, *, limit: int | None = None) -> list[ReceiptRow]:
    """Receipts of all submitted versions of a claim, or of the last `limit`, newest first."""
    newest_first = (
        select(ReceiptRow)
        .where(ReceiptRow.claim_id == claim_id)
        .order_by(col(ReceiptRow.version).desc())
    )
    return list(db.exec(newest_first.limit(limit)).all())


def newest_receipt(db: Session, claim_id: int) -> ReceiptRow | None:
    """The receipt of the last submitted version of a claim, or None."""
    return next(iter(receipts(db, claim_id, limit=1)), None)


def find_by_receipt(db: Session, number: str) -> ClaimRow | None:
    """The claim with this receipt number, or None."""
    return db.exec(_of_receipt(number)).one_or_none()


def of_receipt_for_update(db: Session, number: str) -> ClaimRow | None:
    """The claim with this receipt number, or None; locked until the end of the transaction."""
    return db.exec(_of_receipt(number).with_for_update(of=ClaimRow)).one_or_none()


def _of_receipt(number: str) -> SelectOfScalar[ClaimRow]:
    return (
        select(ClaimRow)
        .join(ReceiptRow, col(ReceiptRow.claim_id) == ClaimRow.id)
        .where(ReceiptRow.number == number)
    )


class IssuedReceipt(NamedTuple):
    """A receipt, its meeting's document, and the claim's status and newest version number."""

    receipt: ReceiptRow
    meeting: dict[str, Any]
    status: str
    newest: int


def find_issued(db: Session, number: str) -> IssuedReceipt | None:
    """The receipt with this number, of any attendee, or None; in one query."""
    newer = aliased(ReceiptRow)
    newest = (
        select(sa.func.max(newer.version))
        .where(col(newer.claim_id) == ReceiptRow.claim_id)
        .scalar_subquery()
    )
    query = (
        select(ReceiptRow, MeetingRow.document, ClaimRow.status, newest)
        .join(ClaimRow, col(ClaimRow.id) == ReceiptRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .join(MeetingRow, col(MeetingRow.id) == AttendeeRow.meeting_id)
        .where(ReceiptRow.number == number)
    )
    found: Any = db.exec(query)  # SQLModel's type for several columns has no `unique`
    row = found.one_or_none()
    return None if row is None else IssuedReceipt(row[0], dict(row[1]), row[2], row[3])


def change_status(
    db: Session,
    claim: ClaimRow,
    status: ClaimStatus,
    *,
    actor: str,
    receipt: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Change a claim's status, with its audit entry. `receipt` is the version that it is about."""
    db.add(
        ClaimAuditRow(
            claim_id=cast(int, claim.id),
            at=now,
            actor=actor,
            from_status=claim.status,
            to_status=status,
            reason=reason,
            receipt=receipt,
        )
    )
    claim.status = status


def audit_entries(db: Session, claim_id: int) -> list[ClaimAuditRow]:
    """Audit entries of a claim: every change of its status, oldest first."""
    entries = (
        select(ClaimAuditRow)
        .where(ClaimAuditRow.claim_id == claim_id)
        .order_by(col(ClaimAuditRow.id))
    )
    return list(db.exec(entries).all())


def last_withdrawal(db: Session, claim_id: int) -> ClaimAuditRow | None:
    """The audit entry of the claim's last withdrawal, or None."""
    entry = (
        select(ClaimAuditRow)
        .where(ClaimAuditRow.claim_id == claim_id, ClaimAuditRow.to_status == ClaimStatus.WITHDRAWN)
        .order_by(col(ClaimAuditRow.id).desc())
        .limit(1)
    )
    return db.exec(entry).one_or_none()
