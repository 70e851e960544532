"""Backup and restore: equal rows between databases, atomicity, and rejected files."""

import asyncio
import gzip
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from cme_reflex.formats.backup.archive import CorruptBackup
from cme_reflex.services.claims import claim_lines
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.operations import backup
from cme_reflex.services.operations.backup import create_backup, restore_backup
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.store import migrate, tables
from cme_reflex.store.database import read, write
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.store.operations import table_copy
from tests.support.database import databases
from tests.support.database.pausing import Pause
from tests.support.database.table_rows import add, every_row, execute, fetch, fetch_one, one_of_each
from tests.support.meetings import FOLDER, MEETING

LATER = timedelta(days=3)
RENEWED = {"operation", "feed"}  # what a restore itself writes to


def nobody(rows: int) -> None:
    """Progress callback that does nothing."""


async def snapshot() -> dict[str, Sequence[Any]]:
    """All rows of all tables that a backup includes."""
    kept = await every_row(but=table_copy.EPHEMERAL_TABLES)
    return {table: sorted(map(repr, rows)) for table, rows in kept.items()}


async def with_one_of_each(now: datetime) -> None:
    await add(*one_of_each(now))


def a_member(username: str) -> tables.MemberRow:
    return tables.MemberRow(
        accounts="a",
        username=username,
        last_name="L",
        first_name="F",
        password_hash="h",
        loaded_hash="d",
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(
    request: pytest.FixtureRequest,
    sqlite: databases.SQLite,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """A second empty database of each kind."""
    if request.param == "sqlite":
        return sqlite.empty(tmp_path_factory.mktemp("other"))
    server: databases.PostgreSQL = request.getfixturevalue("postgresql")
    return server.another()


async def test_what_was_backed_up_is_restored_row_by_row_into_either_database(
    database: Engine, other_url: str, now: datetime, tmp_path: Path
) -> None:
    exact = now.replace(microsecond=123456)
    await with_one_of_each(exact)
    await execute(
        sa.update(tables.AnswerRow)
        .where(sa.column("id") == 1)
        .values(value={"text": "“Ñ” 李\u2028", "n": [1, None, True, 2.5]})
    )
    before = await snapshot()
    done = await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    assert done.rows == {name: len(rows) for name, rows in before.items()}
    assert all(done.rows.values())
    await close_database()

    open_database(other_url)
    programme_cache.clear()
    restored = await restore_backup(
        tmp_path / "b.gz", replace=False, actor="staff kim", now=now + LATER, done=nobody
    )
    after = await snapshot()
    *_, operation = await fetch(select(tables.OperationRow))
    signed_in = await fetch(select(tables.SignInRow))
    assert restored.rows == done.rows
    assert (restored.claims_replaced, restored.taken_at) == (0, now)
    assert {name: rows for name, rows in after.items() if name not in RENEWED} == {
        name: rows for name, rows in before.items() if name not in RENEWED
    }
    assert set(before["operation"]) < set(after["operation"])
    assert after["feed"] != before["feed"]  # of another epoch
    assert (operation.actor, operation.what, operation.at) == ("staff kim", "restored", now + LATER)
    assert signed_in == []


async def test_equal_rows_make_equal_bytes_that_nobody_else_reads(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await with_one_of_each(now)
    await create_backup(tmp_path / "a.gz", now=now, done=nobody)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert (tmp_path / "a.gz").stat().st_mode & 0o777 == 0o600


async def test_a_backup_holds_no_sign_in(database: Engine, now: datetime, tmp_path: Path) -> None:
    await with_one_of_each(now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    lines = gzip.decompress((tmp_path / "b.gz").read_bytes()).splitlines()
    named = [item["table"] for item in map(json.loads, lines) if "table" in item]
    assert sorted(named) == sorted(set(SQLModel.metadata.tables) - table_copy.EPHEMERAL_TABLES)
    assert set(SQLModel.metadata.tables) >= table_copy.EPHEMERAL_TABLES


async def test_a_database_with_claims_is_replaced_only_where_that_is_said(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    context = await authentication.authenticate(MEETING.code, token, now=now)
    [first, *_] = context.programme.eligible_sessions
    await claim_lines.add_session(context, first.id, now=now)
    before = await snapshot()
    with pytest.raises(backup.DatabaseHasClaims) as caught:
        await restore_backup(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    assert caught.value.claims == 1
    assert await snapshot() == before
    assert (await authentication.authenticate(MEETING.code, token, now=now)).attendee.badge == "102"

    done = await restore_backup(tmp_path / "b.gz", replace=True, actor="k", now=now, done=nobody)
    assert done.claims_replaced == 1
    assert (await snapshot())["claim"] == []
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, token, now=now)


async def test_a_running_server_sees_the_restored_programme(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    await load_meeting(replace(FOLDER, sessions=FOLDER.sessions[1:]), now=now)
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    context = await authentication.authenticate(MEETING.code, token, now=now)
    assert [each.code for each in context.programme.eligible_sessions] == ["D", "C", "B"]
    # The cached programme has version 2, the backup's 1; the cache is not cleared here.
    await restore_backup(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    context = await authentication.authenticate(MEETING.code, token, now=now)
    assert [each.code for each in context.programme.eligible_sessions] == ["A", "D", "C", "B"]
    assert context.programme.version == 3


async def test_new_rows_get_new_ids_after_a_restore(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    await restore_backup(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    row = a_member("new")
    await add(row)
    assert row.id is not None
    assert row.id > len(FOLDER.members)


async def test_the_log_of_operations_survives_a_restore_of_what_was_before(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    await add(tables.OperationRow(at=now, actor="staff a", what="purged", details={"n": 1}))
    for _ in range(2):
        await restore_backup(
            tmp_path / "b.gz", replace=False, actor="staff b", now=now, done=nobody
        )
    log = await fetch(select(tables.OperationRow).order_by(sa.text("id")))
    assert [(each.what, each.actor) for each in log] == [
        ("meeting loaded", "staff"),
        ("purged", "staff a"),
        ("restored", "staff b"),
        ("restored", "staff b"),
    ]


async def test_a_backup_of_an_older_revision_is_brought_to_this_one(
    unmigrated_url: str, database_url: str, now: datetime, tmp_path: Path
) -> None:
    await migrate.upgrade(unmigrated_url, "0001")

    def fill(connection: sa.Connection) -> None:
        old = sa.MetaData()
        old.reflect(connection)
        attendee = {
            "id": 7,
            "meeting_id": 3,
            "last_name": "Núñez",
            "first_name": "Ana",
            "suffix": "",
            "name_key": "nunez",
            "badge": "B",
            "confirmation": "C",
            "email": "",
            "profession": "other",
            "registration_type": "full",
        }
        meeting = {"id": 3, "code": "m", "version": 5, "document": {}, "loaded_at": now}
        connection.execute(sa.insert(old.tables["meeting"]), meeting)
        connection.execute(sa.insert(old.tables["attendee"]), attendee)

    await databases.run_on(unmigrated_url, fill)
    open_database(unmigrated_url)
    done = await create_backup(tmp_path / "old.gz", now=now, done=nobody)
    await close_database()
    assert (done.revision, sum(done.rows.values())) == ("0001", 2)

    open_database(database_url)
    restored = await restore_backup(
        tmp_path / "old.gz", replace=False, actor="k", now=now, done=nobody
    )
    row = await fetch_one(select(tables.AttendeeRow))
    version = await fetch_one(select(tables.MeetingRow.version))
    await close_database()
    assert restored.revision == "0001"
    assert (row.id, row.last_name, row.corrected_profession, version) == (7, "Núñez", None, 5)


async def test_a_backup_from_before_tables_were_renamed_is_restored_into_the_renamed_ones(
    unmigrated_url: str, database_url: str, now: datetime, tmp_path: Path
) -> None:
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    await with_one_of_each(now)
    await close_database()
    await migrate.downgrade(unmigrated_url, "0007")  # what later revisions added is lost
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    expected = await snapshot()
    await close_database()
    await migrate.downgrade(unmigrated_url, "0007")
    open_database(unmigrated_url)
    done = await create_backup(tmp_path / "old.gz", now=now, done=nobody)
    await close_database()
    assert not done.rows.keys() & {"choice", "departure", "link", "sign_in", "tally"}

    open_database(database_url)
    await restore_backup(tmp_path / "old.gz", replace=False, actor="k", now=now, done=nobody)
    restored = await snapshot()
    await close_database()
    for table in RENEWED:
        del restored[table], expected[table]
    for rows in (restored, expected):  # former tokens expire 90 days after their upgrade
        rows["api_token"] = [
            re.sub(r"'expires_at': [^)]*\)", "…", row) for row in rows["api_token"]
        ]
    assert restored == expected


async def test_a_database_that_was_not_upgraded_is_left_alone(
    database: Engine, unmigrated_url: str, now: datetime, tmp_path: Path
) -> None:
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    await close_database()
    await migrate.upgrade(unmigrated_url, "0001")
    open_database(unmigrated_url)
    with pytest.raises(backup.DatabaseNotUpgraded):
        await restore_backup(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    assert await migrate.current(unmigrated_url) == "0001"


async def test_readers_never_see_a_restore_by_half(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    await add(*(a_member(f"later{number}") for number in range(200)))
    seen = set()
    over = False
    counted = (tables.MemberRow, tables.SessionRow, tables.OperationRow)

    def counts(db: Session) -> tuple[int, ...]:
        return tuple(db.exec(select(sa.func.count()).select_from(table)).one() for table in counted)

    async def look() -> None:
        while not over:
            seen.add(await read(counts))
            await asyncio.sleep(0)

    readers = [asyncio.create_task(look()) for _ in range(3)]
    try:
        await asyncio.sleep(0.05)
        await restore_backup(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
        await asyncio.sleep(0.05)
    finally:
        over = True
        await asyncio.gather(*readers)
    whole_before, whole_after = (202, 5, 1), (2, 5, 2)
    assert seen == {whole_before, whole_after}


async def test_a_restore_waits_for_writers_and_they_for_it(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    for username in ("before", "after"):
        pause = Pause(0.2)

        def insert(db: Session, username: str = username, pause: Pause = pause) -> None:
            db.add(a_member(username))
            db.flush()
            pause.once()

        task = asyncio.create_task(write(insert))
        if username == "before":
            await pause.reached.wait()
        await asyncio.gather(
            task, restore_backup(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
        )
    usernames = set(await fetch(select(tables.MemberRow.username)))
    assert usernames - {"after"} == {"kim", "unregistered"}


async def test_a_backup_under_load_holds_whole_commands(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    """Each addition writes a line, a command and a revision; a backup has all three or none."""
    await load_meeting(FOLDER, now=now)
    people = [("O'Brien-Núñez", "101"), ("Smith", "102"), ("Smith", "103")]
    over = False
    additions = 0

    async def add_and_remove(last_name: str, badge: str) -> None:
        nonlocal additions
        token = await credentials.sign_in_with_badge(MEETING.code, last_name, badge, now=now)
        context = await authentication.authenticate(MEETING.code, token, now=now)
        [session_id] = [each.id for each in context.programme.eligible_sessions if each.code == "B"]
        while not over:
            adds = replace(context, command=f"add {badge} {additions}")
            await claim_lines.add_session(adds, session_id, now=now)
            changes = replace(context, command=f"change {badge} {additions}")
            minutes = 15 * (1 + additions % 8)
            await claim_lines.set_minutes(changes, session_id, minutes, now=now)
            additions += 1
            await asyncio.sleep(0)

    clients = [asyncio.create_task(add_and_remove(*each)) for each in people]
    taken = []
    try:
        for number in range(8):
            await asyncio.sleep(0.05)
            file = tmp_path / f"{number}.gz"
            await create_backup(file, now=now, done=nobody)
            taken.append(_read(file))
    finally:
        over = True
        await asyncio.gather(*clients)
    assert additions > 10
    assert len({json.dumps(each, default=str) for each in taken}) > 1
    for content in taken:
        revisions = {row["id"]: row["revision"] for row in content["claim"]}
        commands = [row["claim_id"] for row in content["command"]]
        assert {claim: commands.count(claim) for claim in revisions} == revisions
        assert {row["claim_id"] for row in content["claim_line"]} == {
            claim for claim, revision in revisions.items() if revision
        }


def _read(file: Path) -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = {}
    columns: list[str] = []
    rows: list[dict[str, Any]] = []
    for line in gzip.decompress(file.read_bytes()).splitlines():
        item = json.loads(line)
        if isinstance(item, list):
            rows.append(dict(zip(columns, item, strict=True)))
        elif "table" in item:
            columns, rows = item["columns"], []
            content[item["table"]] = rows
    return content


async def test_rows_that_break_a_rule_are_refused_before_anything_is_touched(
    database: Engine, now: datetime, tmp_path: Path
) -> None:
    await with_one_of_each(now)
    await create_backup(tmp_path / "b.gz", now=now, done=nobody)
    before = await snapshot()
    for old, new in (
        (b'"live"', b'"by post"'),  # a check of the table
        (b'"B","C"', b'"B","C",1'),  # a cell too many
        (b'"code"', b'"kode"'),  # a column that no revision has
        (b'{"table":"member"', b'{"table":"members"'),
    ):
        (tmp_path / "forged.gz").write_bytes(_forged(tmp_path / "b.gz", old, new))
        with pytest.raises(CorruptBackup, match="its rows do not hold together"):
            await restore_backup(
                tmp_path / "forged.gz", replace=True, actor="k", now=now, done=nobody
            )
        assert await snapshot() == before


def _forged(file: Path, old: bytes, new: bytes) -> bytes:
    """The backup with a changed text and a matching checksum."""
    *lines, last = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    content = b"".join(lines).replace(old, new, 1)
    rows, table = dict[str, int](), ""
    for line in map(json.loads, content.splitlines()[1:]):
        table = line["table"] if isinstance(line, dict) else table
        rows[table] = rows.get(table, 0) + isinstance(line, list)
    proof = json.loads(last) | {"rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
    return gzip.compress(content + json.dumps(proof).encode() + b"\n")
