"""Every constraint of the tables is violated and rejects the row, on both databases."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel, select

from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.evaluations.tables import AnswerRow
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.programme.tables import SessionRow
from tests.support.database.databases import Fill
from tests.support.database.table_rows import add, every_row, execute, fetch, fetch_one, one_of_each

NOBODY = 99  # an id that no row has


def subset_checks(table: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Changes of a table of amounts, each of which violates a constraint."""
    return [
        (f"ck_{table}_amount", {"amount": -1}),
        (f"ck_{table}_subset", {"amount": 5, "part_of": "other", "part_of_amount": 4}),
        (f"ck_{table}_part_of", {"part_of": "other", "part_of_amount": None}),
        (f"ck_{table}_part_of", {"part_of": sa.column("credit_type"), "part_of_amount": 4}),
        (f"ck_{table}_part_of", {"part_of": None, "part_of_amount": 4}),
    ]


CHECKS: list[tuple[str, Mapping[str, Any]]] = [
    ("ck_session_ends_after_start", {"ends_at": datetime(2024, 1, 1, tzinfo=UTC)}),
    ("ck_session_delivery", {"delivery": "by post"}),
    *subset_checks("session_credit"),
    ("ck_registration_audit_what", {"what": "sneezed"}),
    ("ck_sign_in_method", {"method": "charm"}),
    ("ck_registration_choice_method", {"method": "charm"}),
    ("ck_rate_limit_counter_count", {"count": -1}),
    ("ck_claim_status", {"status": "lost"}),
    *subset_checks("claim_total"),
    ("ck_claim_total_primary_is_positive", {"amount": 0, "part_of": None, "part_of_amount": None}),
    ("ck_claim_line_minutes", {"minutes": -1}),
    ("ck_claim_line_credit_amount", {"amount": -1}),
    *subset_checks("receipt_credit"),
    (
        "ck_receipt_credit_primary_is_positive",
        {"amount": 0, "part_of": None, "part_of_amount": None},
    ),
    ("ck_receipt_credit_attended", {"attended": -1}),
    ("ck_receipt_credit_position", {"position": 0}),
    ("ck_receipt_version", {"version": 0}),
    ("ck_receipt_position", {"position": 0}),
    ("ck_feed_one_row", {"id": 2}),
    ("ck_feed_last", {"last": 0}),
    ("ck_opt_in_birth_month", {"birth_month": 0}),
    ("ck_opt_in_birth_month", {"birth_month": 13}),
    ("ck_opt_in_birth_day", {"birth_day": 0}),
    ("ck_opt_in_birth_day", {"birth_day": 32}),
    ("ck_mail_queue_kind", {"kind": "greeting"}),
    ("ck_mail_queue_state", {"state": "lost"}),
    ("ck_mail_queue_attempts", {"attempts": -1}),
    ("ck_mail_queue_leased_while_sending", {"state": "sending"}),
    ("ck_mail_queue_leased_while_sending", {"leased_until": datetime(2024, 1, 1, tzinfo=UTC)}),
    ("ck_mail_queue_sent_with_its_time", {"state": "sent"}),
    ("ck_mail_queue_sent_with_its_time", {"sent_at": datetime(2024, 1, 1, tzinfo=UTC)}),
    ("ck_link_purpose", {"purpose": "look", "member_id": None}),
    ("ck_link_member_sets_password", {"member_id": None}),
    ("ck_link_member_sets_password", {"purpose": "sign in"}),
    ("ck_reporting_batch_number", {"number": 0}),
    ("ck_reporting_row_action", {"action": "Edit"}),
    ("ck_operation_what", {"what": "forgotten"}),
]

# Values of a second row that violate only this constraint.
UNIQUES: list[tuple[str, Mapping[str, Any]]] = [
    ("uq_meeting_code", {"id": 2}),
    ("uq_session_meeting_id_code", {"id": 2}),
    ("uq_member_accounts_username", {"id": 2}),
    ("uq_attendee_meeting_id_badge", {"id": 2, "confirmation": "C2"}),
    ("uq_attendee_meeting_id_confirmation", {"id": 2, "badge": "B2"}),
    ("uq_session_credit_session_id_credit_type_amount", {}),
    ("pk_session_credit", {"amount": 3}),
    ("uq_claim_attendee_id", {"id": 2}),
    ("uq_claim_total_claim_id_credit_type_amount", {}),
    ("pk_claim_total", {"amount": 3}),
    ("uq_receipt_credit_receipt_id_credit_type_amount", {}),
    ("uq_receipt_credit_receipt_id_position", {"credit_type": "other"}),
    ("pk_receipt_credit", {"amount": 3, "position": 3}),
    ("uq_receipt_claim_id_version", {"id": 2, "number": "N2", "position": 2}),
    ("uq_receipt_number", {"id": 2, "version": 2, "position": 2}),
    ("uq_receipt_position", {"id": 2, "version": 2, "number": "N2"}),
    ("uq_api_token_name", {"id": 2, "selector": "s2"}),
    ("uq_api_token_selector", {"id": 2, "name": "n2"}),
    ("pk_feed", {}),
    ("uq_reporting_batch_meeting_id_number", {"id": 2}),
    ("pk_claim_line", {}),
    ("pk_claim_line_credit", {}),
    ("pk_sign_in", {}),
    ("pk_registration_choice", {}),
    ("pk_oidc_login", {}),
    ("pk_rate_limit_counter", {}),
    ("pk_opt_in", {}),
    ("pk_command", {}),
    ("pk_link", {}),
    ("uq_mail_queue_dedupe_key", {"id": 2}),
    ("uq_answer_session", {"id": 3, "session_id": 1}),
    ("uq_answer_overall", {"id": 3, "session_id": None}),
]

FOREIGN_KEYS = [
    (table, column)
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
    if column.foreign_keys
]


@pytest.fixture
async def filled(database: Engine, fill: Fill, now: datetime) -> None:
    await fill("one row in every table", lambda: add(*one_of_each(now)))


def names_of(kind: type[sa.Constraint]) -> set[str]:
    return {
        str(constraint.name)
        for table in SQLModel.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, kind)
    }


def test_every_check_is_among_the_cases() -> None:
    provoked = {re.sub(r"\((\w+)\|.*\)", r"\1", name) for name, _ in CHECKS}
    assert provoked == names_of(sa.CheckConstraint)


def test_every_unique_constraint_and_index_is_among_the_cases() -> None:
    indexes = {
        str(index.name)
        for table in SQLModel.metadata.sorted_tables
        for index in table.indexes
        if index.unique
    }
    without_counted_ids = {
        f"pk_{table}"
        for table in (
            "session_credit",
            "claim_total",
            "claim_line",
            "claim_line_credit",
            "receipt_credit",
            "sign_in",
            "registration_choice",
            "oidc_login",
            "rate_limit_counter",
            "opt_in",
            "command",
            "link",
            "feed",
        )
    }
    expected = names_of(sa.UniqueConstraint) | indexes | without_counted_ids
    assert {name for name, _ in UNIQUES} == expected


@pytest.mark.parametrize(("constraint", "change"), CHECKS)
async def test_a_check_refuses(filled: None, constraint: str, change: Mapping[str, Any]) -> None:
    table = table_of(constraint)
    with pytest.raises(IntegrityError, match=rf"\b{constraint}\b"):
        await execute(sa.update(table).values(change))


@pytest.mark.parametrize(("constraint", "change"), UNIQUES)
async def test_a_second_one_is_refused(
    filled: None, constraint: str, change: Mapping[str, Any]
) -> None:
    table = table_of(constraint)
    first, *_ = (await every_row())[table.name]
    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        await execute(sa.insert(table).values({**first, **change}))


@pytest.mark.parametrize(
    ("table", "column"), FOREIGN_KEYS, ids=[str(column) for _, column in FOREIGN_KEYS]
)
async def test_a_row_that_points_nowhere_is_refused(
    filled: None, table: sa.Table, column: sa.Column[Any]
) -> None:
    nobody = NOBODY if isinstance(column.type, sa.Integer) else str(NOBODY)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key constraint"):
        await execute(sa.update(table).where(column.is_not(None)).values({column.name: nobody}))


async def test_nothing_that_a_claim_needs_can_be_deleted(filled: None) -> None:
    for table in (MeetingRow, SessionRow, ClaimRow):
        with pytest.raises(IntegrityError, match=r"(?i)foreign key constraint"):
            await execute(sa.delete(table))


async def test_one_session_answer_and_one_overall_answer_may_share_a_question(
    filled: None,
) -> None:
    answers = await fetch(select(AnswerRow).order_by(sa.text("id")))
    assert [(answer.session_id, answer.question, answer.value) for answer in answers] == [
        (1, "q", 3),
        (None, "q", ["a", "b"]),
    ]


async def test_an_instant_comes_back_as_the_same_instant_in_utc(filled: None) -> None:
    in_denver = datetime.fromisoformat("2024-09-26T08:00:00.123456-06:00")
    await execute(sa.update(SessionRow).values(on_demand_from=in_denver))
    kept = await fetch_one(select(SessionRow.on_demand_from))
    assert (kept, kept and kept.tzinfo) == (in_denver, UTC)


async def test_an_instant_without_a_zone_is_refused(filled: None) -> None:
    naive = datetime(2024, 9, 26, 8)  # noqa: DTZ001 - that it is naive is the point
    with pytest.raises(StatementError, match="an instant needs its zone"):
        await execute(sa.update(SessionRow).values(on_demand_from=naive))


def table_of(constraint: str) -> sa.Table:
    """The table in a constraint's name; the longest match if there are several."""
    _, _, rest = constraint.partition("_")
    names = [name for name in SQLModel.metadata.tables if rest.startswith(name)]
    return SQLModel.metadata.tables[max(names, key=len)]
