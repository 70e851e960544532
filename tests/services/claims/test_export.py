"""Export of claims: content and number of queries."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.formats.reports.claims_export import (
    ExportedAnswer,
    ExportedClaim,
    ExportedLine,
    exported_credit,
)
from cme_reflex.services.claims import claim_lines, export, reopening
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn, complete_draft, submit_attested
from tests.support.database.statements import record_statements
from tests.support.meetings import FOLDER, MEETING, attendee, session
from tests.support.values.meeting_values import CATEGORY1, SAFETY

A = session("A", "8:00", "9:30", "1.50")
B = session("B", "9:45", "11:45", "2.00")


async def exported() -> list[ExportedClaim]:
    return await export.iter_claims(MEETING.code)


async def test_a_submitted_claim_is_its_valid_version(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    revision = (
        await evaluation_answers.answer_session(context, ids["A"], "objectives", 4, now=now)
    ).claim.revision
    receipt = await submit_attested(context, revision, now=now)
    assert await exported() == [
        ExportedClaim(
            badge="101",
            confirmation="CONF101",
            last_name="O'Brien-Núñez",
            first_name="Kim",
            suffix="Jr",
            name_on_certificate="Kim O'Brien-Núñez Jr",
            email="",
            profession="physician",
            registration_type="full",
            status="submitted",
            version=1,
            receipt=receipt.number,
            submitted_at=now,
            credits=(
                exported_credit(CATEGORY1, Amount(6)),
                exported_credit(SAFETY, Amount(2)),
            ),
            lines=(
                ExportedLine(
                    session="A",
                    title="Session A",
                    starts_at=A.starts_at,
                    ends_at=A.ends_at,
                    watched="live",
                    minutes=90,
                    credits={"category1": Decimal("1.50"), "safety": Decimal("1.00")},
                ),
            ),
            answers=(
                ExportedAnswer(session="A", question="objectives", answer=4),
                ExportedAnswer(session="", question="bias", answer=True),
            ),
        )
    ]


async def test_a_draft_is_as_it_stands_without_what_was_removed(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    for code in ("B", "A"):
        await claim_lines.add_session(context, ids[code], now=now)
        await evaluation_answers.answer_session(context, ids[code], "objectives", 3, now=now)
    await evaluation_answers.answer_overall(context, "change", ["B", "A"], now=now)
    await claim_lines.set_on_demand(context, ids["A"], True, now=now)
    await claim_lines.remove_session(context, ids["B"], now=now)
    (claim,) = await exported()
    assert (claim.status, claim.version, claim.receipt, claim.submitted_at) == (
        "draft",
        None,
        "",
        None,
    )
    assert [(line.session, line.watched) for line in claim.lines] == [("A", "on demand")]
    assert claim.answers == (
        ExportedAnswer(session="A", question="objectives", answer=3),
        ExportedAnswer(session="", question="change", answer=("A", "B")),
    )


async def test_while_a_claim_is_reopened_its_last_version_is_exported(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    receipt = await submit_attested(context, revision, now=now)
    before = await exported()
    await reopening.reopen_claim(
        receipt.number, reason="forgotten", until=now.replace(year=2031), actor="staff", now=now
    )
    await claim_lines.add_session(context, ids["B"], now=now)
    assert await exported() == [replace(before[0], status="reopened")]


async def test_claims_come_in_pages_that_miss_and_repeat_none(
    sign_in_as: SignIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [attendee(str(badge), "Smith") for badge in range(201, 206)]
    await load_meeting(replace(FOLDER, attendees=(*FOLDER.attendees, *people)), now=now)
    monkeypatch.setattr(export, "PAGE_SIZE", 2)
    for person in people:
        who = await sign_in_as(person.badge, "Smith")
        (code, *_) = who.programme.eligible_sessions
        await claim_lines.add_session(who, code.id, now=now)
    assert [claim.badge for claim in await exported()] == [person.badge for person in people]


@pytest.mark.parametrize("people", [1, 3])
async def test_a_page_is_a_fixed_number_of_queries(
    loaded: Engine,
    sign_in_as: SignIn,
    now: datetime,
    people: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for badge, name in [("101", "O'Brien-Núñez"), ("102", "Smith"), ("103", "Smith")][:people]:
        who = await sign_in_as(badge, name)
        await claim_lines.add_session(who, who.programme.eligible_sessions[0].id, now=now)
    with record_statements(loaded) as statements:
        assert len(await exported()) == people
    # The meeting, the page, its versions, its lines, its answers, and that there is no more.
    assert len(statements) == 6


async def test_a_meeting_that_was_never_loaded_has_no_claims(loaded: Engine) -> None:
    with pytest.raises(MeetingNotFound):
        await export.iter_claims("other")
