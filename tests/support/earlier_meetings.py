"""Claims of earlier years: meetings like the test's own, at which somebody claimed and submitted.

As a program it gives a member two years more:
`python -m tests.support.earlier_meetings DATABASE_URL USERNAME`.
"""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.claims import claim_lines, reopening, submission
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from tests.support.attendees import submit_attested
from tests.support.database.table_rows import execute
from tests.support.meetings import FOLDER, MEETING, attendee

BADGE, LAST_NAME = "701", "Before"


def meeting_code(year: int) -> str:
    """The code of that year's meeting."""
    return f"test{year}"


def submitted_at(year: int) -> datetime:
    """When a claim of that year's meeting is submitted here."""
    return datetime(year, 11, 1, 12, tzinfo=UTC)


async def sign_in_to(year: int, username: str | None) -> RequestContext:
    """Somebody signed in to that year's meeting, linked to the member, if one is named."""
    back = timedelta(days=364 * (2024 - year))
    terms = MEETING.claim
    meeting = replace(
        MEETING,
        code=meeting_code(year),
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
    token = await credentials.sign_in_with_badge(meeting_code(year), LAST_NAME, BADGE, now=at)
    context = await authentication.authenticate(meeting_code(year), token, now=at)
    return replace(context, method=SignInMethod.LINK)


async def complete_and_submit(
    context: RequestContext, *, quarters: int = 6, safety: int = 2, now: datetime
) -> Receipt:
    """Claim session A with so much of it, and submit, also a claim that was reopened."""
    (first,) = (each.id for each in context.programme.sessions.values() if each.code == "A")
    await claim_lines.add_session(context, first, now=now)
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    await submission.choose_total(context, "category1", Amount(quarters), now=now)
    done = await submission.choose_total(context, "safety", Amount(safety), now=now)
    return await submit_attested(context, done.claim.revision, now=now)


async def submitted_claim(
    year: int, username: str | None, *, quarters: int = 6, safety: int = 2
) -> Receipt:
    """A submitted claim of that year's meeting."""
    context = await sign_in_to(year, username)
    return await complete_and_submit(
        context, quarters=quarters, safety=safety, now=submitted_at(year)
    )


async def add_two_years(database_url: str, username: str) -> None:
    """Claims of 2023, which was submitted twice, and of 2022."""
    open_database(database_url)
    await submitted_claim(2022, username, quarters=5, safety=0)
    await submitted_claim(2023, username)
    context, later = await sign_in_to(2023, username), submitted_at(2023) + timedelta(days=2)
    await reopening.reopen_own_claim(context, now=later)
    await complete_and_submit(context, quarters=4, safety=1, now=later)
    await close_database()


if __name__ == "__main__":
    asyncio.run(add_two_years(sys.argv[1], sys.argv[2]))
