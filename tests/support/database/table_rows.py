"""Rows for tests: a valid one of every table, and helpers to read and write rows."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.base import Executable
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from cme_reflex.store import tables
from cme_reflex.store.database import NO_LIMIT, read, write

Value = TypeVar("Value")


async def fetch(query: SelectOfScalar[Value]) -> list[Value]:
    """All results of a query for one value or row class."""
    return await read(lambda db: list(db.exec(query)))


async def fetch_one(query: SelectOfScalar[Value]) -> Value:
    """The only result of a query."""
    return await read(lambda db: db.exec(query).one())


async def every_row(*, but: Iterable[str] = ()) -> dict[str, list[sa.RowMapping]]:
    """All rows by table, except these tables."""

    def load(db: Session) -> dict[str, list[sa.RowMapping]]:
        return {
            table.name: list(db.connection().execute(sa.select(table)).mappings())
            for table in SQLModel.metadata.sorted_tables
            if table.name not in but
        }

    return await read(load)


def reflected_rows(connection: sa.Connection) -> dict[str, list[Mapping[str, Any]]]:
    """All rows of a database at any revision by table and column, in an order of their values."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return {
        table.name: sorted(
            (dict(row) for row in connection.execute(sa.select(table)).mappings()),
            key=lambda row: repr(sorted(row.items())),
        )
        for table in metadata.sorted_tables
        if table.name != "alembic_version"
    }


async def execute(*statements: Executable) -> None:
    """Execute statements in one transaction, which may wait for one that a test has cancelled."""

    def execute_all(db: Session) -> None:
        for statement in statements:
            db.connection().execute(statement)

    await write(execute_all, timeout=NO_LIMIT)


async def add(*rows: SQLModel) -> None:
    """Add rows in their order in one transaction."""

    def add_all(db: Session) -> None:
        for row in rows:
            db.add(row)
            db.flush()

    await write(add_all)


def one_of_each(now: datetime) -> list[SQLModel]:
    """A valid row of every table, in an order in which they can be added; every id is 1."""
    return [
        tables.MeetingRow(id=1, code="m", version=1, document={}, loaded_at=now),
        tables.MeetingImageRow(digest="d", content=b"<svg/>"),
        tables.MemberRow(
            id=1,
            accounts="a",
            username="u",
            last_name="L",
            first_name="F",
            password_hash="h",
            loaded_hash="d",
        ),
        tables.MemberSubjectRow(member_id=1, issuer="i", subject="s", linked_at=now),
        tables.AttendeeRow(
            id=1,
            meeting_id=1,
            member_id=1,
            last_name="L",
            first_name="F",
            name_key="l",
            badge="B",
            confirmation="C",
            profession="other",
            registration_type="full",
        ),
        tables.SessionRow(
            id=1,
            meeting_id=1,
            code="S",
            title="T",
            kind="panel",
            track="",
            room="",
            starts_at=now,
            ends_at=now,
            speakers=["A"],
            delivery="live",
            eligible=True,
            faculty_badges=[],
        ),
        tables.SessionCreditRow(session_id=1, credit_type="category1", amount=4, identifier="I"),
        tables.SessionCreditRow(
            session_id=1, credit_type="safety", amount=2, part_of="category1", part_of_amount=4
        ),
        tables.SignInRow(
            token_hash="t",
            attendee_id=1,
            method="number",
            created_at=now,
            seen_at=now,
            expires_at=now,
        ),
        tables.RegistrationChoiceRow(
            token_hash="t", attendee_ids=[1], method="link", expires_at=now
        ),
        tables.RegistrationAuditRow(attendee_id=1, at=now, actor="staff", what="sign-ins ended"),
        tables.OidcLoginRow(
            token_hash="t", state="s", nonce="n", verifier="v", redirect_uri="r", expires_at=now
        ),
        tables.RateLimitCounterRow(scope="s", key_hash="h", count=1, until=now, forgotten_at=now),
        tables.ClaimRow(id=1, attendee_id=1),
        tables.TotalRow(claim_id=1, credit_type="category1", amount=4),
        tables.TotalRow(
            claim_id=1, credit_type="safety", amount=0, part_of="category1", part_of_amount=4
        ),
        tables.LineRow(claim_id=1, session_id=1, minutes=60, on_demand=False),
        tables.LineCreditRow(claim_id=1, session_id=1, credit_type="safety", amount=0),
        tables.CommandRow(claim_id=1, id="c", at=now),
        tables.AnswerRow(claim_id=1, session_id=1, question="q", value=3),
        tables.AnswerRow(claim_id=1, question="q", value=["a", "b"]),
        tables.ReceiptRow(
            id=1, claim_id=1, version=1, number="N", submitted_at=now, document={}, position=1
        ),
        tables.ReceiptCreditRow(
            receipt_id=1, credit_type="category1", position=1, amount=4, attended=4
        ),
        tables.ReceiptCreditRow(
            receipt_id=1,
            credit_type="safety",
            position=2,
            amount=0,
            attended=2,
            part_of="category1",
            part_of_amount=4,
        ),
        tables.FeedRow(epoch="e", last=1),
        tables.ClaimAuditRow(claim_id=1, at=now, actor="attendee", to_status="draft"),
        tables.OptInRow(
            attendee_id=1,
            first_name="F",
            last_name="L",
            birth_month=2,
            birth_day=29,
            state="Ohio",
            licence_id="1",
            npi="",
            board="",
            board_id="",
            consent_version="1",
            consented_at=now,
        ),
        tables.MailQueueRow(
            id=1,
            meeting_id=1,
            kind="invitation",
            recipient="f@example.org",
            payload={"member": 1},
            dedupe_key="d",
            created_at=now,
            not_before=now,
            expires_at=now,
        ),
        tables.LinkRow(
            token_hash="t",
            purpose="set password",
            mail_id=1,
            attendee_ids=[],
            member_id=1,
            created_at=now,
            expires_at=now,
        ),
        tables.ReportingBatchRow(id=1, meeting_id=1, number=1, at=now, actor="staff"),
        tables.ReportingRow(batch_id=1, attendee_id=1, action="Add", record={"state": "Ohio"}),
        tables.ApiTokenRow(
            id=1,
            name="society",
            selector="s",
            secret_hash="h",
            created_at=now,
            created_by="staff",
            scopes=["claims"],
            expires_at=now + timedelta(days=365),
        ),
        tables.OperationRow(at=now, actor="staff", what="purged", details={"before": "2018-01-01"}),
    ]
