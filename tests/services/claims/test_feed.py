"""The claims feed: every submitted version exactly once, in the order of commits."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.formats.reports.claims_feed import (
    FeedAttendee,
    FeedClaim,
    FeedCredit,
    FeedLine,
    FeedMeeting,
    FeedPage,
)
from cme_reflex.services.claims import claims_feed, reopening
from cme_reflex.services.claims.claims_feed import CursorExpired, InvalidCursor
from cme_reflex.services.claims.reopening import ReceiptNotFound
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.operations import backup
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import feed
from cme_reflex.store.claims.tables import FeedRow, ReceiptCreditRow, ReceiptRow
from tests.support.attendees import submit_attested
from tests.support.database.pausing import Pause
from tests.support.database.table_rows import execute, fetch, fetch_one
from tests.support.earlier_meetings import complete_and_submit, submitted_claim
from tests.support.meetings import FOLDER, MEETING, attendee, with_terms

PEOPLE = 24
AT_ONCE = 8  # of PostgreSQL's fifteen connections, so that the reader always has one


async def read_all(cursor: str = claims_feed.START, limit: int = 3) -> tuple[list[str], str]:
    """The receipt numbers after the cursor, read page by page, and the last cursor."""
    numbers: list[str] = []
    while True:
        page = await claims_feed.load_page(cursor=cursor, limit=limit)
        numbers += [claim.receipt_number for claim in page.claims]
        cursor = page.next_cursor
        if not page.has_more:
            return numbers, cursor


async def in_database() -> list[str]:
    """The receipt numbers in the order of their positions."""
    return await fetch(select(ReceiptRow.number).order_by(col(ReceiptRow.position)))


async def test_a_version_is_told_whole(context: RequestContext, now: datetime) -> None:
    receipt = await complete_and_submit(context, quarters=5, now=now)
    claim = FeedClaim(
        receipt_number=receipt.number,
        version=1,
        replaces=None,
        replaced_by=None,
        status=ProofState.VALID,
        submitted_at=now,
        withdrawn_at=None,
        meeting=FeedMeeting(
            code="test24",
            name="The Test Meeting 2024",
            provider="Society of Tests",
            location="San Diego, California",
            starts_on=date(2024, 9, 26),
            ends_on=date(2024, 9, 29),
            time_zone="America/Los_Angeles",
        ),
        attendee=FeedAttendee(
            badge="101",
            confirmation="CONF101",
            member_username="kim",
            last_name="O'Brien-Núñez",
            first_name="Kim",
            suffix="Jr",
            name_on_certificate="Kim O'Brien-Núñez Jr",
            profession="physician",
            registration_type="full",
        ),
        category1_hours=Decimal("1.25"),
        patient_safety_hours=Decimal("0.50"),
        credits=(
            FeedCredit(
                credit_type="category1",
                label="Category 1",
                name="AMA PRA Category 1 Credits™",
                accreditor="",
                part_of=None,
                claimed=Decimal("1.25"),
            ),
            FeedCredit(
                credit_type="safety",
                label="Patient Safety",
                name="Patient Safety",
                accreditor="",
                part_of="category1",
                claimed=Decimal("0.50"),
            ),
        ),
        lines=(
            FeedLine(
                session="A",
                title="Session A",
                starts_at=datetime(2024, 9, 26, 15, tzinfo=UTC),
                ends_at=datetime(2024, 9, 26, 16, 30, tzinfo=UTC),
                watched="live",
                minutes=90,
                category1_hours=Decimal("1.50"),
                patient_safety_hours=Decimal("1.00"),
                credits={"category1": Decimal("1.50"), "safety": Decimal("1.00")},
                identifiers={},
            ),
        ),
    )
    page = await claims_feed.load_page(limit=10)
    assert page == FeedPage(claims=(claim,), next_cursor=page.next_cursor, has_more=False)
    assert await claims_feed.load_claim(f" {receipt.number.lower()}") == claim


async def test_before_the_first_submission_there_is_nothing_and_the_start_stays(
    context: RequestContext,
) -> None:
    nothing = FeedPage(claims=(), next_cursor="start", has_more=False)
    assert await claims_feed.load_page(limit=10) == nothing
    with pytest.raises(ReceiptNotFound):
        await claims_feed.load_claim("TEST24-2222-2222")


async def test_a_claim_that_is_submitted_again_comes_again_as_its_next_version(
    context: RequestContext, now: datetime
) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    first = await complete_and_submit(context, now=now)
    seen, cursor = await read_all()
    await reopening.reopen_own_claim(context, now=now)
    assert await read_all(cursor) == ([], cursor)  # a claim that is open is none
    second = await complete_and_submit(context, quarters=4, now=now + timedelta(days=1))
    later, _ = await read_all(cursor)
    assert (seen, later) == ([first.number], [second.number])
    both = (await claims_feed.load_page(limit=10)).claims
    assert [
        (each.version, each.receipt_number, each.replaces, each.replaced_by) for each in both
    ] == [(1, first.number, None, second.number), (2, second.number, first.number, None)]


async def test_all_meetings_are_in_it_and_since_leaves_out_what_was_submitted_before(
    context: RequestContext, now: datetime
) -> None:
    new = await complete_and_submit(context, now=now)
    old = await submitted_claim(2022, "kim")
    assert (await read_all())[0] == [new.number, old.number]
    page = await claims_feed.load_page(since=now, limit=10)
    assert [claim.receipt_number for claim in page.claims] == [new.number]
    assert not (await claims_feed.load_page(since=now + timedelta(seconds=1), limit=10)).claims
    # The cursor is also after the versions that were left out.
    assert await read_all(page.next_cursor) == ([], page.next_cursor)


@pytest.mark.parametrize(
    "cursor",
    ["", "1", "START", "abcdefgh-1", "00000000-0", "00000000-01", "00000000-1 ", "0" * 9_000,
     "00000000-99999999999", "\0", "00000000-٣"],
)  # fmt: skip
async def test_what_is_no_cursor_is_refused(
    context: RequestContext, now: datetime, cursor: str
) -> None:
    await complete_and_submit(context, now=now)
    with pytest.raises(InvalidCursor):
        await claims_feed.load_page(cursor=cursor, limit=10)


async def test_a_cursor_beyond_the_last_version_was_never_given_out(
    context: RequestContext, now: datetime
) -> None:
    await complete_and_submit(context, now=now)
    epoch = (await read_all())[1].partition("-")[0]
    for position in (2, 2**31, 2**33):
        with pytest.raises(InvalidCursor):
            await claims_feed.load_page(cursor=f"{epoch}-{position}", limit=10)


async def test_after_a_restore_an_older_cursor_is_gone_and_says_so(
    context: RequestContext, now: datetime, tmp_path: Path
) -> None:
    """Numbers assigned since the backup are assigned again, so old cursors would skip versions."""
    await complete_and_submit(context, now=now)
    await backup.create_backup(tmp_path / "b.gz", now=now, done=lambda rows: None)
    await submitted_claim(2022, "kim")
    _, cursor = await read_all()
    await backup.restore_backup(
        tmp_path / "b.gz", replace=True, actor="staff", now=now, done=lambda rows: None
    )
    programme_cache.clear()  # the process that restores is not the one that serves
    with pytest.raises(CursorExpired):
        await claims_feed.load_page(cursor=cursor, limit=10)
    _, cursor = await read_all()
    newer = await submitted_claim(2021, "kim")
    assert (await read_all(cursor))[0] == [newer.number]


@pytest.fixture
async def crowd(database: Engine, now: datetime) -> list[tuple[RequestContext, int]]:
    """Many attendees with complete drafts, and their revisions."""
    badges = [str(1000 + number) for number in range(PEOPLE)]
    people = tuple(attendee(badge, "Smith") for badge in badges)
    meeting = with_terms(attendee_may_reopen=True)
    await load_meeting(replace(FOLDER, meeting=meeting, attendees=people), now=now)
    ready = []
    for badge in badges:
        token = await credentials.sign_in_with_badge(MEETING.code, "Smith", badge, now=now)
        context = await authentication.authenticate(MEETING.code, token, now=now)
        await complete_and_submit(context, now=now)
        summary = await reopening.reopen_own_claim(context, now=now)
        ready.append((context, summary.claim.revision))
    return ready


async def test_a_reader_misses_and_repeats_nothing_while_many_submit(
    crowd: list[tuple[RequestContext, int]], now: datetime
) -> None:
    """Every claim is submitted a second time while a client reads as fast as possible."""
    before, cursor = await read_all(limit=7)
    assert len(before) == PEOPLE
    over = False
    seen: list[str] = []

    async def read() -> None:
        nonlocal cursor
        while not over:
            numbers, cursor = await read_all(cursor, limit=2)
            seen.extend(numbers)
            await asyncio.sleep(0)

    at_once = asyncio.Semaphore(AT_ONCE)

    async def submit(context: RequestContext, revision: int) -> str:
        async with at_once:
            receipt = await submit_attested(context, revision, now=now)
        return receipt.number

    reader = asyncio.create_task(read())
    submitted = await asyncio.gather(*(submit(*each) for each in crowd))
    over = True
    await reader
    rest, cursor = await read_all(cursor)
    assert seen  # some of it was read while others were submitting
    assert sorted([*seen, *rest]) == sorted(submitted)
    assert [*before, *seen, *rest] == await in_database()


async def test_a_number_is_never_seen_before_a_smaller_one_that_is_committed_later(
    crowd: list[tuple[RequestContext, int]], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first submission pauses before its commit, so the second has to wait."""
    (slow, slow_revision), (quick, quick_revision), *_ = crowd
    pause = Pause()
    next_position = feed.next_position

    def held_up(db: Session) -> int:
        position = next_position(db)
        pause.once()
        return position

    monkeypatch.setattr(feed, "next_position", held_up)
    _, cursor = await read_all(limit=50)
    first = asyncio.create_task(submit_attested(slow, slow_revision, now=now))
    await pause.reached.wait()
    second = asyncio.create_task(submit_attested(quick, quick_revision, now=now))
    await asyncio.wait([second], timeout=0.5)
    # The second is not committed, and a reader's cursor passes neither of them.
    assert not second.done()
    assert await read_all(cursor) == ([], cursor)
    pause.over.set()
    numbers = [(await each).number for each in (first, second)]
    assert (await read_all(cursor))[0] == numbers


async def test_a_submission_that_fails_leaves_no_gap(
    crowd: list[tuple[RequestContext, int]], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (context, revision), *_ = crowd
    next_position = feed.next_position

    def fails(db: Session) -> int:
        next_position(db)
        raise LookupError

    with monkeypatch.context() as failing:
        failing.setattr(feed, "next_position", fails)
        with pytest.raises(LookupError):
            await submit_attested(context, revision, now=now)
    await submit_attested(context, revision, now=now)
    positions = await fetch(select(ReceiptRow.position).order_by(col(ReceiptRow.position)))
    last = await fetch_one(select(FeedRow.last))
    assert all(after == before + 1 for before, after in pairwise(positions))
    assert last == positions[-1] == PEOPLE + 1


async def test_what_was_purged_leaves_the_others_where_they_were(
    crowd: list[tuple[RequestContext, int]], now: datetime
) -> None:
    before, cursor = await read_all()
    purged = col(ReceiptRow.number).in_(before[:5])
    of_purged = col(ReceiptCreditRow.receipt_id).in_(select(ReceiptRow.id).where(purged))
    is_subset = col(ReceiptCreditRow.part_of).is_not(None)
    await execute(
        sa.delete(ReceiptCreditRow).where(of_purged, is_subset),
        sa.delete(ReceiptCreditRow).where(of_purged),
        sa.delete(ReceiptRow).where(purged),
    )
    assert (await read_all())[0] == before[5:]
    assert await read_all(cursor) == ([], cursor)
