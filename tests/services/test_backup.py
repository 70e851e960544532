"""Backups: equal rows in every direction, nothing by half, and what is refused."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel, select

from cme_reflex.domain.credit import Quarters
from cme_reflex.exchange.archive import DamagedBackup
from cme_reflex.services import backup, programme, selection, signin
from cme_reflex.services.backup import back_up, restore
from cme_reflex.services.meeting import load_meeting
from cme_reflex.store import copying, migrate, tables
from cme_reflex.store.database import (
    close_database,
    create_engine,
    open_database,
    reading,
    transaction,
)
from tests import databases
from tests.meetings import FOLDER, MEETING
from tests.rows import one_of_each

LATER = timedelta(days=3)
RENEWED = {"operation", "feed"}  # what a restore itself writes to


def nobody(rows: int) -> None:
    """Nobody watches the progress."""


async def snapshot() -> dict[str, Sequence[Any]]:
    """Every row of every table that is kept."""
    async with reading() as db:
        connection = await db.connection()
        return {
            table.name: sorted(map(repr, (await connection.execute(sa.select(table))).all()))
            for table in SQLModel.metadata.sorted_tables
            if table.name not in copying.PASSING
        }


async def with_one_of_each(now: datetime) -> None:
    async with transaction() as db:
        for row in one_of_each(now):
            db.add(row)
            await db.flush()


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(
    request: pytest.FixtureRequest,
    sqlite: databases.SQLite,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """A second empty database, of each kind in turn."""
    if request.param == "sqlite":
        return sqlite.empty(tmp_path_factory.mktemp("other"))
    server: databases.PostgreSQL = request.getfixturevalue("postgresql")
    return server.another()


async def test_what_was_backed_up_is_restored_row_by_row_into_either_database(
    database: AsyncEngine, other_url: str, now: datetime, tmp_path: Path
) -> None:
    exact = now.replace(microsecond=123456)
    await with_one_of_each(exact)
    async with transaction() as db:
        await db.exec(
            sa.update(tables.AnswerRow)
            .where(sa.column("id") == 1)
            .values(value={"text": "“Ñ” 李\u2028", "n": [1, None, True, 2.5]})
        )
    before = await snapshot()
    done = await back_up(tmp_path / "b.gz", now=now, done=nobody)
    assert done.rows == {name: len(rows) for name, rows in before.items()}
    assert all(done.rows.values())
    await close_database()

    open_database(other_url)
    programme.forget()
    restored = await restore(
        tmp_path / "b.gz", replace=False, actor="staff kim", now=now + LATER, done=nobody
    )
    after = await snapshot()
    async with reading() as db:
        *_, operation = (await db.exec(select(tables.OperationRow))).all()
        signed_in = (await db.exec(select(tables.SignInRow))).all()
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
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await with_one_of_each(now)
    await back_up(tmp_path / "a.gz", now=now, done=nobody)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert (tmp_path / "a.gz").stat().st_mode & 0o777 == 0o600


async def test_a_backup_holds_no_sign_in(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await with_one_of_each(now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    lines = gzip.decompress((tmp_path / "b.gz").read_bytes()).splitlines()
    named = [item["table"] for item in map(json.loads, lines) if "table" in item]
    assert sorted(named) == sorted(set(SQLModel.metadata.tables) - copying.PASSING)
    assert set(SQLModel.metadata.tables) >= copying.PASSING


async def test_a_database_with_claims_is_replaced_only_where_that_is_said(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    token = await signin.with_number(MEETING.code, "Smith", "102", now=now)
    visit = await signin.visit(MEETING.code, token, now=now)
    [first, *_] = visit.programme.offered
    await selection.add_session(visit, first.id, now=now)
    before = await snapshot()
    with pytest.raises(backup.HoldsClaims) as caught:
        await restore(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    assert caught.value.claims == 1
    assert await snapshot() == before
    assert (await signin.visit(MEETING.code, token, now=now)).attendee.badge == "102"

    done = await restore(tmp_path / "b.gz", replace=True, actor="k", now=now, done=nobody)
    assert done.claims_replaced == 1
    assert (await snapshot())["claim"] == []
    with pytest.raises(signin.NotSignedIn):
        await signin.visit(MEETING.code, token, now=now)


async def test_a_running_server_sees_the_restored_programme(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    await load_meeting(replace(FOLDER, sessions=FOLDER.sessions[1:]), now=now)
    token = await signin.with_number(MEETING.code, "Smith", "102", now=now)
    visit = await signin.visit(MEETING.code, token, now=now)
    assert [each.code for each in visit.programme.offered] == ["D", "C", "B"]
    # The programme in memory is of version 2, the backup's is 1; nothing is forgotten by hand.
    await restore(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    token = await signin.with_number(MEETING.code, "Smith", "102", now=now)
    visit = await signin.visit(MEETING.code, token, now=now)
    assert [each.code for each in visit.programme.offered] == ["A", "D", "C", "B"]
    assert visit.programme.version == 3


async def test_new_rows_get_new_ids_after_a_restore(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    await restore(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    async with transaction() as db:
        row = tables.MemberRow(
            username="new", last_name="L", first_name="F", password_hash="h", loaded_hash="d"
        )
        db.add(row)
        await db.flush()
        assert row.id is not None
        assert row.id > len(FOLDER.members)


async def test_the_log_of_operations_survives_a_restore_of_what_was_before(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    async with transaction() as db:
        db.add(tables.OperationRow(at=now, actor="staff a", what="purged", details={"n": 1}))
    for _ in range(2):
        await restore(tmp_path / "b.gz", replace=False, actor="staff b", now=now, done=nobody)
    async with reading() as db:
        log = (await db.exec(select(tables.OperationRow).order_by(sa.text("id")))).all()
    assert [(each.what, each.actor) for each in log] == [
        ("purged", "staff a"),
        ("restored", "staff b"),
        ("restored", "staff b"),
    ]


async def test_a_backup_of_an_older_revision_is_brought_to_this_one(
    unmigrated_url: str, database_url: str, now: datetime, tmp_path: Path
) -> None:
    await migrate.upgrade(unmigrated_url, "0001")
    engine = create_engine(unmigrated_url)
    async with engine.begin() as connection:
        old = sa.MetaData()
        await connection.run_sync(old.reflect)
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
        await connection.execute(sa.insert(old.tables["meeting"]), meeting)
        await connection.execute(sa.insert(old.tables["attendee"]), attendee)
    await engine.dispose()
    open_database(unmigrated_url)
    done = await back_up(tmp_path / "old.gz", now=now, done=nobody)
    await close_database()
    assert (done.revision, sum(done.rows.values())) == ("0001", 2)

    open_database(database_url)
    restored = await restore(tmp_path / "old.gz", replace=False, actor="k", now=now, done=nobody)
    async with reading() as db:
        row = (await db.exec(select(tables.AttendeeRow))).one()
        version = (await db.exec(select(tables.MeetingRow.version))).one()
    await close_database()
    assert restored.revision == "0001"
    assert (row.id, row.last_name, row.corrected_profession, version) == (7, "Núñez", None, 5)


async def test_a_database_that_was_not_upgraded_is_left_alone(
    database: AsyncEngine, unmigrated_url: str, now: datetime, tmp_path: Path
) -> None:
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    await close_database()
    await migrate.upgrade(unmigrated_url, "0001")
    open_database(unmigrated_url)
    with pytest.raises(backup.NotUpgraded):
        await restore(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
    assert await migrate.current(unmigrated_url) == "0001"


async def test_readers_never_see_a_restore_by_half(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    async with transaction() as db:
        for number in range(200):
            row = tables.MemberRow(
                username=f"later{number}",
                last_name="L",
                first_name="F",
                password_hash="h",
                loaded_hash="d",
            )
            db.add(row)
    seen = set()
    over = False

    async def look() -> None:
        while not over:
            async with reading() as db:
                members = (
                    await db.exec(select(sa.func.count()).select_from(tables.MemberRow))
                ).one()
                sessions = (
                    await db.exec(select(sa.func.count()).select_from(tables.SessionRow))
                ).one()
                operations = (
                    await db.exec(select(sa.func.count()).select_from(tables.OperationRow))
                ).one()
            seen.add((members, sessions, operations))
            await asyncio.sleep(0)

    readers = [asyncio.create_task(look()) for _ in range(3)]
    try:
        await asyncio.sleep(0.05)
        await restore(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
        await asyncio.sleep(0.05)
    finally:
        over = True
        await asyncio.gather(*readers)
    whole_before, whole_after = (202, 5, 0), (2, 5, 1)
    assert seen == {whole_before, whole_after}


async def test_a_restore_waits_for_writers_and_they_for_it(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await load_meeting(FOLDER, now=now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    for username in ("before", "after"):
        written = asyncio.Event()

        async def write(username: str = username, written: asyncio.Event = written) -> None:
            async with transaction() as db:
                row = tables.MemberRow(
                    username=username,
                    last_name="L",
                    first_name="F",
                    password_hash="h",
                    loaded_hash="d",
                )
                db.add(row)
                await db.flush()
                written.set()
                await asyncio.sleep(0.2)

        task = asyncio.create_task(write())
        if username == "before":
            await written.wait()
        await asyncio.gather(
            task, restore(tmp_path / "b.gz", replace=False, actor="k", now=now, done=nobody)
        )
    async with reading() as db:
        usernames = set((await db.exec(select(tables.MemberRow.username))).all())
    assert usernames - {"after"} == {"kim", "unregistered"}


async def test_a_backup_under_load_holds_whole_commands(
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    """Each addition writes a line, a command and a revision: a backup has all three or none."""
    await load_meeting(FOLDER, now=now)
    people = [("O'Brien-Núñez", "101"), ("Smith", "102"), ("Smith", "103")]
    over = False
    additions = 0

    async def add_and_remove(last_name: str, badge: str) -> None:
        nonlocal additions
        token = await signin.with_number(MEETING.code, last_name, badge, now=now)
        visit = await signin.visit(MEETING.code, token, now=now)
        [session_id] = [each.id for each in visit.programme.offered if each.code == "B"]
        while not over:
            adds = replace(visit, command=f"add {badge} {additions}")
            await selection.add_session(adds, session_id, now=now)
            changes = replace(visit, command=f"change {badge} {additions}")
            await selection.set_hours(changes, session_id, Quarters(1 + additions % 8), now=now)
            additions += 1
            await asyncio.sleep(0)

    clients = [asyncio.create_task(add_and_remove(*each)) for each in people]
    taken = []
    try:
        for number in range(8):
            await asyncio.sleep(0.05)
            file = tmp_path / f"{number}.gz"
            await back_up(file, now=now, done=nobody)
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
    database: AsyncEngine, now: datetime, tmp_path: Path
) -> None:
    await with_one_of_each(now)
    await back_up(tmp_path / "b.gz", now=now, done=nobody)
    before = await snapshot()
    for old, new in (
        (b'"live"', b'"by post"'),  # a check of the table
        (b'"B","C"', b'"B","C",1'),  # a cell too many
        (b'"code"', b'"kode"'),  # a column that no revision has
        (b'{"table":"member"', b'{"table":"members"'),
    ):
        (tmp_path / "forged.gz").write_bytes(_forged(tmp_path / "b.gz", old, new))
        with pytest.raises(DamagedBackup, match="its rows do not hold together"):
            await restore(tmp_path / "forged.gz", replace=True, actor="k", now=now, done=nobody)
        assert await snapshot() == before


def _forged(file: Path, old: bytes, new: bytes) -> bytes:
    """The backup with something changed and a proof that fits it."""
    *lines, last = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    content = b"".join(lines).replace(old, new, 1)
    rows, table = dict[str, int](), ""
    for line in map(json.loads, content.splitlines()[1:]):
        table = line["table"] if isinstance(line, dict) else table
        rows[table] = rows.get(table, 0) + isinstance(line, list)
    proof = json.loads(last) | {"rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
    return gzip.compress(content + json.dumps(proof).encode() + b"\n")
