"""Data retention: rows that a purge deletes, keeps, or must not delete yet."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from cme_reflex.domain.operations.retention import retention_cutoff
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.operations.retention import PurgeResult, RetentionPeriodNotOver, purge
from cme_reflex.store import tables
from tests.support.database.table_rows import add, every_row, execute, fetch, fetch_one, one_of_each
from tests.support.meetings import FOLDER, MEETING

NOW = datetime(2031, 3, 1, 12, tzinfo=UTC)
CLOSES = datetime(2025, 1, 1, tzinfo=UTC)


async def counts() -> dict[str, int]:
    return {table: len(rows) for table, rows in (await every_row()).items()}


async def old_meeting(**meeting: Any) -> None:
    """The meeting of `one_of_each`, with a document, and a second loaded meeting."""
    old = replace(MEETING, code="m", claim=replace(MEETING.claim, closes_at=CLOSES), **meeting)
    await load_meeting(replace(FOLDER, meeting=replace(old, code="other")), now=NOW)
    document = {**await fetch_one(select(tables.MeetingRow.document)), "code": "m"}
    # The rows of `one_of_each` have id 1, so the loaded meeting gets another one.
    await execute(*map(sa.delete, reversed(SQLModel.metadata.sorted_tables)))
    meeting_row, *others = one_of_each(datetime(2024, 10, 3, 5, tzinfo=UTC))
    assert isinstance(meeting_row, tables.MeetingRow)
    meeting_row.document = document
    await add(meeting_row, *others)


async def test_all_that_hangs_on_an_old_meeting_goes_and_the_programme_stays(
    database: Engine,
) -> None:
    await old_meeting()
    before = await counts()
    assert all(before.values())
    rehearsed = await purge(date(2025, 1, 1), actor="staff kim", now=NOW, dry_run=True)
    assert await counts() == before
    done = await purge(date(2025, 1, 1), actor="staff kim", now=NOW, dry_run=False)
    gone = {name: n for name, n in before.items() if name not in {*STAYS, "operation"}}
    # Submitted at 05:00 UTC, which is the evening before on the meeting's clocks.
    assert done == rehearsed == (PurgeResult(meeting="m", ended_on=date(2024, 10, 2), rows=gone),)
    assert await counts() == {
        name: n + (name == "operation") if name in {*STAYS, "operation"} else 0
        for name, n in before.items()
    }
    *_, entry = await fetch(select(tables.OperationRow))
    assert (entry.at, entry.actor, entry.what, entry.details) == (
        NOW,
        "staff kim",
        "purged",
        {"before": "2025-01-01", "rows": {"m": gone}},
    )


STAYS = {
    *("meeting", "session", "session_credit", "meeting_image"),
    *("member", "member_subject"),
    # Valid for minutes only, and without names.
    *("registration_choice", "oidc_login", "rate_limit_counter"),
    *("feed", "api_token"),  # what was read stays read
}


async def test_a_second_purge_finds_nothing_and_writes_nothing(database: Engine) -> None:
    await old_meeting()
    await purge(date(2025, 1, 1), actor="k", now=NOW, dry_run=False)
    before = await counts()
    assert await purge(date(2025, 1, 1), actor="k", now=NOW, dry_run=False) == ()
    assert await counts() == before


async def test_another_meeting_is_not_touched(database: Engine) -> None:
    await old_meeting()
    recent = replace(FOLDER, meeting=replace(MEETING, code="later", ends_on=date(2030, 1, 1)))
    await load_meeting(recent, now=NOW)
    before = await counts()
    [purged] = await purge(date(2025, 3, 1), actor="k", now=NOW, dry_run=False)
    after = await counts()
    assert purged.meeting == "m"
    assert after["attendee"] == before["attendee"] - 1 == len(FOLDER.attendees)


@pytest.mark.parametrize(
    ("before", "now", "goes"),
    [
        (date(2024, 10, 3), NOW, True),
        (date(2024, 10, 2), NOW, False),  # submitted on that very day
        (date(2024, 10, 3), datetime(2030, 10, 3, 12, tzinfo=UTC), True),
    ],
)
async def test_what_ended_before_the_date_goes(
    database: Engine, before: date, now: datetime, goes: bool
) -> None:
    await old_meeting()
    assert bool(await purge(before, actor="k", now=now, dry_run=True)) is goes


async def test_a_meeting_whose_claim_period_is_open_is_kept(database: Engine) -> None:
    await old_meeting()
    document = await fetch_one(select(tables.MeetingRow.document))
    claim = {**document["claim"], "closes_at": (NOW + timedelta(days=1)).isoformat()}
    await execute(sa.update(tables.MeetingRow).values(document={**document, "claim": claim}))
    assert await purge(date(2025, 1, 1), actor="k", now=NOW, dry_run=True) == ()


async def test_a_date_within_six_years_is_refused(database: Engine) -> None:
    with pytest.raises(RetentionPeriodNotOver) as caught:
        await purge(date(2025, 3, 2), actor="k", now=NOW, dry_run=True)
    assert caught.value.latest == date(2025, 3, 1)
    assert await purge(date(2025, 3, 1), actor="k", now=NOW, dry_run=True) == ()


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "America/Los_Angeles", "Pacific/Auckland"])
async def test_a_meeting_is_kept_until_the_anniversary_is_over_on_its_own_clocks(
    database: Engine, zone: str
) -> None:
    """West of Greenwich, at that time UTC has the next day's date."""
    await old_meeting(time_zone=zone, ends_on=date(2024, 10, 3))
    late = datetime(2030, 10, 3, 23, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    with pytest.raises(RetentionPeriodNotOver):
        await purge(date(2024, 10, 4), actor="k", now=late, dry_run=True)
    over = datetime(2030, 10, 4, 12, tzinfo=UTC)
    assert await purge(date(2024, 10, 4), actor="k", now=over, dry_run=True)


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        (date(2030, 9, 29), date(2024, 9, 29)),
        (date(2030, 2, 28), date(2024, 2, 28)),
        (date(2034, 2, 28), date(2028, 2, 28)),
        (date(2028, 2, 29), date(2022, 2, 28)),
    ],
)
def test_six_years_ago(today: date, latest: date) -> None:
    assert retention_cutoff(today) == latest
