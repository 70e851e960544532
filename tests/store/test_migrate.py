"""Migrations on both databases: upgrade and downgrade with rows, and no drift from the tables."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel, col, select

from cme_reflex.store import migrate, tables
from cme_reflex.store.engines import close_database, open_database
from tests.support.database.databases import run_on
from tests.support.database.table_rows import (
    add,
    execute,
    fetch,
    fetch_one,
    one_of_each,
    reflected_rows,
)

HEAD = ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head()


async def table_names(url: str) -> set[str]:
    names = await run_on(url, lambda connection: sa.inspect(connection).get_table_names())
    return set(names) - {"alembic_version"}


async def execute_on(url: str, *statements: str) -> None:
    def execute(connection: sa.Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    await run_on(url, execute)


async def test_upgrade_makes_every_table_and_downgrade_takes_them_away(unmigrated_url: str) -> None:
    assert await migrate.current(unmigrated_url) is None
    await migrate.upgrade(unmigrated_url)
    assert await migrate.current(unmigrated_url) == HEAD
    assert await table_names(unmigrated_url) == set(SQLModel.metadata.tables)
    await migrate.downgrade(unmigrated_url, "base")
    assert await migrate.current(unmigrated_url) is None
    assert await table_names(unmigrated_url) == set()


async def test_a_second_upgrade_keeps_the_data(database_url: str, now: datetime) -> None:
    open_database(database_url)
    await add(tables.MeetingRow(code="pstm24", version=1, document={"a": "é"}, loaded_at=now))
    await close_database()
    await migrate.upgrade(database_url)
    open_database(database_url)
    meeting = await fetch_one(select(tables.MeetingRow))
    await close_database()
    assert (meeting.code, meeting.document, meeting.loaded_at) == ("pstm24", {"a": "é"}, now)


async def test_who_is_signed_in_stays_so_and_what_was_loaded_is_known_when_sign_ins_get_idle(
    unmigrated_url: str,
) -> None:
    await migrate.upgrade(unmigrated_url, "0002")
    await execute_on(unmigrated_url, *_ROWS_OF_0002)
    before = datetime.now(UTC)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    sign_in = await fetch_one(select(tables.SignInRow))
    member = await fetch_one(select(tables.MemberRow))
    await close_database()
    assert timedelta(seconds=-2) < sign_in.seen_at - before < timedelta(minutes=5)
    assert (member.password_hash, member.loaded_hash) == ("h", sha256(b"h").hexdigest())


_ROWS_OF_0002 = (
    "INSERT INTO meeting VALUES (1, 'm', 1, '{}', '2024-11-01 00:00:00')",
    "INSERT INTO member VALUES (1, 'u', 'L', 'F', '', '', 'h')",
    (
        "INSERT INTO attendee (id, meeting_id, last_name, first_name, suffix, name_key, badge,"
        " confirmation, email, profession, registration_type)"
        " VALUES (1, 1, 'L', 'F', '', 'l', 'B', 'C', '', 'other', 'full')"
    ),
    "INSERT INTO sign_in VALUES ('t', 1, '2024-11-01 00:00:00', '2024-11-08 00:00:00')",
)


async def test_what_was_submitted_before_is_numbered_in_its_order(unmigrated_url: str) -> None:
    await migrate.upgrade(unmigrated_url, "0006")
    await execute_on(unmigrated_url, *_ROWS_OF_0006)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    receipts = await fetch(select(tables.ReceiptRow))
    feed = await fetch_one(select(tables.FeedRow))
    await close_database()
    assert {row.number: row.position for row in receipts} == {"LATE": 3, "EARLY": 1, "SAME": 2}
    assert (feed.id, feed.last, len(feed.epoch)) == (1, 3, 8)
    await migrate.downgrade(unmigrated_url, "0006")
    await migrate.upgrade(unmigrated_url)


_ROWS_OF_0006 = (
    "INSERT INTO meeting VALUES (1, 'm', 1, '{}', '2024-11-01 00:00:00')",
    (
        "INSERT INTO attendee (id, meeting_id, last_name, first_name, suffix, name_key, badge,"
        " confirmation, email, profession, registration_type)"
        " VALUES (1, 1, 'L', 'F', '', 'l', 'B', 'C', '', 'other', 'full')"
    ),
    "INSERT INTO claim (id, attendee_id, status, revision, category1) VALUES (1, 1, 'draft', 1, 4)",
    "INSERT INTO receipt VALUES (1, 1, 3, 'LATE', '2024-11-03 00:00:00', 4, 0, '{}')",
    "INSERT INTO receipt VALUES (2, 1, 1, 'EARLY', '2024-11-01 00:00:00', 4, 0, '{}')",
    "INSERT INTO receipt VALUES (3, 1, 2, 'SAME', '2024-11-01 00:00:00', 4, 0, '{}')",
)


async def test_renamed_tables_have_the_same_rows_after_downgrade_and_upgrade(
    unmigrated_url: str, now: datetime
) -> None:
    await migrate.upgrade(unmigrated_url, "0007")
    schema_of_0007 = await run_on(unmigrated_url, schema_names)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    await add(*one_of_each(now))
    await close_database()
    await migrate.downgrade(unmigrated_url, "0008")
    rows = await run_on(unmigrated_url, reflected_rows)

    await migrate.downgrade(unmigrated_url, "0007")
    assert await run_on(unmigrated_url, schema_names) == schema_of_0007
    former_rows = await run_on(unmigrated_url, reflected_rows)
    former_names = {new: old for old, new in RENAMED_IN_0008.items()}
    assert values_of(former_rows) == values_of(
        {former_names.get(name, name): rows[name] for name in rows}
    )

    await migrate.upgrade(unmigrated_url, "0008")
    assert await run_on(unmigrated_url, reflected_rows) == rows


RENAMED_IN_0008 = {
    "audit": "claim_audit",
    "choice": "registration_choice",
    "departure": "oidc_login",
    "outbox": "mail_queue",
    "reported_row": "reporting_row",
    "reporting": "opt_in",
    "tally": "rate_limit_counter",
}


async def test_ids_continue_after_the_last_one_in_a_renamed_table(
    unmigrated_url: str, now: datetime
) -> None:
    await migrate.upgrade(unmigrated_url, "0007")
    new_entry = (
        "INSERT INTO audit (claim_id, at, actor, to_status, reason)"
        " VALUES (1, '2024-11-01 00:00:00', 'staff', 'draft', '')"
    )
    await execute_on(unmigrated_url, *_ROWS_OF_0006[:3], new_entry, new_entry)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    await add(tables.ClaimAuditRow(claim_id=1, at=now, actor="staff", to_status="draft"))
    ids = await fetch(select(tables.ClaimAuditRow.id))
    await close_database()
    assert sorted(map(int, filter(None, ids))) == [1, 2, 3]


async def test_a_link_is_still_deleted_with_its_message_in_a_renamed_table(
    unmigrated_url: str, now: datetime
) -> None:
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    await add(*one_of_each(now))
    await close_database()
    await migrate.downgrade(unmigrated_url, "0007")
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    await execute(sa.delete(tables.MailQueueRow))
    links = await fetch(select(tables.LinkRow))
    await close_database()
    assert links == []


async def test_former_sign_ins_are_the_weakest_and_former_tokens_read_what_they_did(
    unmigrated_url: str,
) -> None:
    await migrate.upgrade(unmigrated_url, "0009")
    await execute_on(unmigrated_url, *_ROWS_OF_0009)
    before = await run_on(unmigrated_url, reflected_rows)
    upgraded_at = datetime.now(UTC)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    sign_in = await fetch_one(select(tables.SignInRow))
    choice = await fetch_one(select(tables.RegistrationChoiceRow))
    token = await fetch_one(select(tables.ApiTokenRow))
    await close_database()
    assert (sign_in.method, sign_in.browser, choice.method) == ("number", "", "number")
    assert token.scopes == ["claims", "confirmation-numbers"]
    # No token is valid for ever.
    assert abs(token.expires_at - upgraded_at - timedelta(days=90)) < timedelta(minutes=5)
    await migrate.downgrade(unmigrated_url, "0009")
    assert await run_on(unmigrated_url, reflected_rows) == before


_ROWS_OF_0009 = (
    *_ROWS_OF_0006[:2],
    (
        "INSERT INTO sign_in (token_hash, attendee_id, created_at, seen_at, expires_at)"
        " VALUES ('t', 1, '2024-11-01 00:00:00', '2024-11-01 00:00:00', '2024-11-08 00:00:00')"
    ),
    "INSERT INTO registration_choice VALUES ('t', '[1]', '2024-11-01 00:10:00')",
    (
        "INSERT INTO api_token (id, name, selector, secret_hash, created_at, created_by)"
        " VALUES (1, 'society', 's', 'h', '2024-11-01 00:00:00', 'staff')"
    ),
)


async def test_former_members_belong_to_the_account_system_of_their_newest_meeting(
    unmigrated_url: str,
) -> None:
    await migrate.upgrade(unmigrated_url, "0010")
    await execute_on(unmigrated_url, *_ROWS_OF_0010)
    before = await run_on(unmigrated_url, reflected_rows)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    members = await fetch(select(tables.MemberRow))
    attendees = await fetch(select(tables.AttendeeRow))
    await close_database()
    assert {row.username: row.accounts for row in members} == {
        "early": "Society",
        "both": "https://login.example.org",
        "neither": "https://login.example.org",
    }
    assert {row.id: row.member_id for row in attendees} == {1: 1, 2: 2, 3: 2}
    assert {(row.former_email, row.email_changed_at) for row in (*members, *attendees)} == {
        ("", None)
    }
    await migrate.downgrade(unmigrated_url, "0010")
    assert await run_on(unmigrated_url, reflected_rows) == before


async def test_namesakes_of_two_account_systems_get_other_usernames_in_a_downgrade(
    unmigrated_url: str,
) -> None:
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    for accounts in ("Society", "Others"):
        await add(
            tables.MemberRow(
                accounts=accounts,
                username="kim",
                last_name="Kim",
                first_name="Kim",
                password_hash="h",
                loaded_hash="d",
            )
        )
    await close_database()
    await migrate.downgrade(unmigrated_url, "0010")
    usernames = [
        row["username"] for row in (await run_on(unmigrated_url, reflected_rows))["member"]
    ]
    assert sorted(map(str, usernames)) == ["kim", "kim Others"]


_MEMBER = "INSERT INTO member VALUES"
_ATTENDEE_OF_0010 = (
    "INSERT INTO attendee (id, meeting_id, member_id, last_name, first_name, suffix, name_key,"
    " badge, confirmation, email, profession, registration_type) VALUES"
)
_ROWS_OF_0010 = (
    (
        'INSERT INTO meeting VALUES (1, \'later\', 1, \'{"ends_on": "2024-09-29", "provider":'
        ' {"name": "Society"}, "single_sign_on": {"issuer": "https://login.example.org"}}\','
        " '2024-11-01 00:00:00')"
    ),
    (
        'INSERT INTO meeting VALUES (2, \'earlier\', 1, \'{"ends_on": "2023-09-29", "provider":'
        ' {"name": "Society"}, "single_sign_on": null}\', \'2024-11-02 00:00:00\')'
    ),
    f"{_MEMBER} (1, 'early', 'L', 'F', '', 'e@example.org', 'h', 'd')",
    f"{_MEMBER} (2, 'both', 'L', 'F', '', '', 'h', 'd')",
    f"{_MEMBER} (3, 'neither', 'L', 'F', '', '', 'h', 'd')",
    f"{_ATTENDEE_OF_0010} (1, 2, 1, 'L', 'F', '', 'l', 'B', 'C', '', 'other', 'full')",
    f"{_ATTENDEE_OF_0010} (2, 2, 2, 'L', 'F', '', 'l', 'B2', 'C2', '', 'other', 'full')",
    f"{_ATTENDEE_OF_0010} (3, 1, 2, 'L', 'F', '', 'l', 'B', 'C', '', 'other', 'full')",
)


async def test_withdrawn_claims_are_withdrawn_again_after_downgrade_and_upgrade(
    unmigrated_url: str, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    await add(*one_of_each(now))
    await execute(
        sa.delete(tables.TotalRow).where(col(tables.TotalRow.part_of).is_not(None)),
        sa.delete(tables.TotalRow),
        sa.update(tables.ClaimRow).values(status="withdrawn"),
        sa.update(tables.ReceiptRow).values(submitted_at=now, withdrawn_at=later),
        sa.update(tables.MailQueueRow).values(kind="withdrawal"),
    )
    await add(withdrawal_of(1, later), *reopened_and_resubmitted(now, later))
    await close_database()
    await migrate.downgrade(unmigrated_url, "0009")
    rows = await run_on(unmigrated_url, reflected_rows)

    await migrate.downgrade(unmigrated_url, "0008")
    assert await claims_and_mail(unmigrated_url) == ([(1, "submitted"), (2, "submitted")], 0)

    await migrate.upgrade(unmigrated_url, "0009")
    # Messages about withdrawals are gone, with their links, and a claim has its last total.
    restored = await run_on(unmigrated_url, reflected_rows)
    assert statuses(restored) == statuses(rows)
    changed = ("claim", "mail_queue", "link")
    assert {table: restored[table] for table in rows if table not in changed} == {
        table: rows[table] for table in rows if table not in changed
    }


def values_of(
    rows: Mapping[str, Sequence[Mapping[str, object]]],
) -> dict[str, list[tuple[object, ...]]]:
    """The rows without the names of their columns, of which one was renamed as well."""
    return {name: [tuple(row.values()) for row in table] for name, table in rows.items()}


def statuses(rows: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[object, object]:
    """The statuses of claims by their ids."""
    return {row["id"]: row["status"] for row in rows["claim"]}


def withdrawal_of(claim_id: int, at: datetime) -> tables.ClaimAuditRow:
    return tables.ClaimAuditRow(
        claim_id=claim_id, at=at, actor="staff", from_status="submitted", to_status="withdrawn"
    )


def reopened_and_resubmitted(now: datetime, later: datetime) -> list[SQLModel]:
    """A second claim, whose first version was withdrawn and whose second one is valid."""
    again = later + timedelta(hours=1)

    def version(number: int, at: datetime) -> tables.ReceiptRow:
        return tables.ReceiptRow(
            id=1 + number,
            claim_id=2,
            version=number,
            number=f"M-{number}",
            submitted_at=at,
            document={},
            position=10 + number,
            withdrawn_at=later if number == 1 else None,
            credits=[
                tables.ReceiptCreditRow(credit_type="category1", position=1, amount=4, attended=4)
            ],
        )

    attendee = next(row for row in one_of_each(now) if isinstance(row, tables.AttendeeRow))
    second = tables.AttendeeRow(
        **attendee.model_dump() | {"id": 2, "badge": "B2", "confirmation": "C2", "member_id": None}
    )
    resubmission = tables.ClaimAuditRow(
        claim_id=2, at=again, actor="attendee", from_status="reopened", to_status="submitted"
    )
    return [
        second,
        tables.ClaimRow(id=2, attendee_id=2, status="submitted"),
        tables.TotalRow(claim_id=2, credit_type="category1", amount=4),
        version(1, now),
        version(2, again),
        withdrawal_of(2, later),
        resubmission,
    ]


async def claims_and_mail(url: str) -> tuple[list[tuple[object, ...]], int]:
    """The ids and statuses of all claims, and the number of queued messages."""

    def load(connection: sa.Connection) -> tuple[list[tuple[object, ...]], int]:
        claims = connection.exec_driver_sql("SELECT id, status FROM claim ORDER BY id")
        mail = connection.exec_driver_sql("SELECT count(*) FROM mail_queue")
        return [tuple(row) for row in claims], mail.scalar_one()

    return await run_on(url, load)


async def test_a_removed_line_stays_removed_but_no_undo_is_offered_for_it(
    unmigrated_url: str, now: datetime
) -> None:
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    rows = one_of_each(now)
    await add(*rows)
    first = next(row for row in rows if isinstance(row, tables.SessionRow))
    second = tables.SessionRow(**{**first.model_dump(), "id": 2, "code": "T"})
    line = {"claim_id": 1, "session_id": 2, "minutes": 45, "on_demand": False, "cleared": {"a": 4}}
    await add(second, tables.LineRow(**line, removed_at=now))
    await close_database()
    await migrate.downgrade(unmigrated_url, "0013")
    lines = (await run_on(unmigrated_url, reflected_rows))["claim_line"]
    assert {(row["session_id"], row["removed"]) for row in lines} == {(1, False), (2, True)}
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    former = {row.session_id: row for row in await fetch(select(tables.LineRow))}
    await close_database()
    assert former[1].removed_at is None
    assert former[2].model_dump() == line | {
        "lowered": False,
        "removed_at": datetime(1970, 1, 1, tzinfo=UTC),
    }


async def test_signatures_stay_as_they_are_among_images_and_logos_are_left_out_before(
    unmigrated_url: str, now: datetime
) -> None:
    await migrate.upgrade(unmigrated_url, "0015")
    await execute_on(unmigrated_url, *_ROWS_OF_0015)
    before = await run_on(unmigrated_url, reflected_rows)
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    images = await fetch(select(tables.MeetingImageRow))
    meeting = await fetch_one(select(tables.MeetingRow))
    logo = {"image": "png", "suffix": ".png", "ratio": 1.0}
    await add(
        tables.MeetingImageRow(digest="png", content=b"\x89PNG"),
        tables.OperationRow(id=2, at=now, actor="staff", what="meeting closed", details={}),
    )
    await execute(
        sa.update(tables.MeetingRow).values(document={"code": "m", "logo": logo, "logo_dark": None})
    )
    await close_database()
    assert [(each.digest, each.content) for each in images] == [("s", "<svg>é</svg>".encode())]
    assert (meeting.version, meeting.loaded_version, meeting.archived_at) == (3, 3, None)
    await migrate.downgrade(unmigrated_url, "0015")
    assert await run_on(unmigrated_url, reflected_rows) == before


_ROWS_OF_0015 = (
    "INSERT INTO meeting VALUES (1, 'm', 3, '{\"code\": \"m\"}', '2024-11-01 00:00:00')",
    "INSERT INTO signature_image VALUES ('s', '<svg>é</svg>')",
    (
        "INSERT INTO operation (id, at, actor, what, details)"
        " VALUES (1, '2024-11-01 00:00:00', 'staff', 'purged', '{}')"
    ),
)


async def test_two_processes_may_upgrade_at_once(unmigrated_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(unmigrated_url) for _ in range(4)))
    assert await migrate.current(unmigrated_url) == HEAD


async def test_downgrade_succeeds_with_rows_in_every_table(
    unmigrated_url: str, now: datetime
) -> None:
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    await add(*one_of_each(now))
    await close_database()
    await migrate.downgrade(unmigrated_url, "base")
    assert await table_names(unmigrated_url) == set()
    await migrate.upgrade(unmigrated_url)
    assert await table_names(unmigrated_url) == set(SQLModel.metadata.tables)


async def test_the_migrated_schema_equals_the_tables(database_url: str) -> None:
    def difference(sync: sa.Connection) -> object:
        context = MigrationContext.configure(
            sync, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, SQLModel.metadata)

    assert await run_on(database_url, difference) == []


async def test_the_migrated_checks_equal_those_of_the_tables(
    database_url: str, unmigrated_url: str
) -> None:
    await run_on(unmigrated_url, SQLModel.metadata.create_all)
    assert await run_on(database_url, checks) == await run_on(unmigrated_url, checks)


async def test_the_migrated_names_equal_those_of_the_tables(
    database_url: str, unmigrated_url: str
) -> None:
    await run_on(unmigrated_url, SQLModel.metadata.create_all)
    migrated = await run_on(database_url, schema_names)
    del migrated["alembic_version"]
    assert migrated == await run_on(unmigrated_url, schema_names)


def schema_names(connection: sa.Connection) -> dict[str, set[str]]:
    """The names of the constraints and indexes of each table, and of its sequence."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    names = {
        table.name: {str(item.name) for item in [*table.constraints, *table.indexes]}
        for table in metadata.sorted_tables
    }
    if connection.dialect.supports_sequences:
        for sequence in sa.inspect(connection).get_sequence_names():
            names[sequence.removesuffix("_id_seq")].add(sequence)
    return names


def checks(connection: sa.Connection) -> dict[str, set[tuple[str | None, str]]]:
    inspector = sa.inspect(connection)
    return {
        table: {(c["name"], c["sqltext"]) for c in inspector.get_check_constraints(table)}
        for table in SQLModel.metadata.tables
    }
