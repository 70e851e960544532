"""Claims of earlier years: meetings like the test's own, at which somebody claimed and submitted.

As a program it gives a member two years more: `python -m tests.past DATABASE_URL USERNAME`.
"""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from cme_reflex.domain.credit import Quarters
from cme_reflex.services import evaluation, reopening, selection, signin, submission
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.submission import Receipt
from cme_reflex.services.visit import Visit
from cme_reflex.store.database import close_database, open_database
from cme_reflex.store.tables import AttendeeRow, MemberRow
from tests.meetings import FOLDER, MEETING, attendee
from tests.rows import execute

BADGE, LAST_NAME = "701", "Before"


def code(year: int) -> str:
    """The code of that year's meeting."""
    return f"test{year}"


def submitted_at(year: int) -> datetime:
    """When a claim of that year's meeting is submitted here."""
    return datetime(year, 11, 1, 12, tzinfo=UTC)


async def visit_of(year: int, username: str | None) -> Visit:
    """Somebody signed in to that year's meeting, linked to the member, if one is named."""
    back = timedelta(days=364 * (2024 - year))
    terms = MEETING.claim
    meeting = replace(
        MEETING,
        code=code(year),
        name=f"The Test Meeting {year}",
        short_name=f"TEST{year % 100}",
        starts_on=date(year, 9, 27),
        ends_on=date(year, 9, 30),
        claim=replace(terms, opens_at=terms.opens_at - back, attendee_may_reopen=True),
    )
    sessions = tuple(
        replace(each, starts_at=each.starts_at - back, ends_at=each.ends_at - back)
        for each in FOLDER.sessions
    )
    folder = replace(
        FOLDER,
        meeting=meeting,
        sessions=sessions,
        attendees=(attendee(BADGE, LAST_NAME),),
        members=(),
    )
    await load_meeting(folder, now=submitted_at(year))
    member = select(MemberRow.id).where(MemberRow.username == username)
    linked = sa.update(AttendeeRow).where(col(AttendeeRow.last_name) == LAST_NAME)
    await execute(linked.values(member_id=member.scalar_subquery()))
    at = submitted_at(year)
    token = await signin.with_number(code(year), LAST_NAME, BADGE, now=at)
    return await signin.visit(code(year), token, now=at)


async def submits(visit: Visit, *, quarters: int = 6, safety: int = 2, now: datetime) -> Receipt:
    """Claim session A with so much of it, and submit, also a claim that was reopened."""
    (first,) = (each.id for each in visit.programme.sessions.values() if each.code == "A")
    await selection.add_session(visit, first, now=now)
    await evaluation.answer_overall(visit, "bias", True, now=now)
    await submission.choose_category1(visit, Quarters(quarters), now=now)
    done = await submission.choose_safety(visit, Quarters(safety), now=now)
    return await submission.submit_claim(visit, done.claim.revision, attested=True, now=now)


async def claimed(
    year: int, username: str | None, *, quarters: int = 6, safety: int = 2
) -> Receipt:
    """A submitted claim of that year's meeting."""
    visit = await visit_of(year, username)
    return await submits(visit, quarters=quarters, safety=safety, now=submitted_at(year))


async def two_years(database_url: str, username: str) -> None:
    """Claims of 2023, which was submitted twice, and of 2022."""
    open_database(database_url)
    await claimed(2022, username, quarters=5, safety=0)
    await claimed(2023, username)
    visit, later = await visit_of(2023, username), submitted_at(2023) + timedelta(days=2)
    await reopening.reopen_own(visit, now=later)
    await submits(visit, quarters=4, safety=1, now=later)
    await close_database()


if __name__ == "__main__":
    asyncio.run(two_years(sys.argv[1], sys.argv[2]))
