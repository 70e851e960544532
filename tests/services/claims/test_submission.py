import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.claims.claim import (
    ClaimIncomplete,
    ClaimLocked,
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    ClaimStatus,
    MissingRequirement,
    Requirement,
    StaleRevision,
)
from cme_reflex.domain.credit.claimable import CreditLimitExceeded
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.people.names import InvalidName, NameFault
from cme_reflex.services.claims import claim, claim_lines, submission
from cme_reflex.services.claims.certificate_snapshot import credit_type_facts
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims.tables import ClaimAuditRow, ReceiptRow
from cme_reflex.store.people.tables import AttendeeRow
from tests.support.attendees import SignIn, complete_draft, submit_attested
from tests.support.database.table_rows import fetch, fetch_one
from tests.support.meetings import FOLDER, MEETING, attendee, with_terms


def claimed(receipt: Receipt) -> list[tuple[str, int, int]]:
    """The credit of a receipt: the types with what was claimed and what the sessions gave."""
    return [(each.type.code, each.claimed, each.attended) for each in receipt.credits]


async def missing_requirements_of(
    context: RequestContext, now: datetime, *, attested: bool = True
) -> list[Requirement]:
    """The missing requirements reported by Submit."""
    summary = await claim.load_summary(context, now=now)
    shown = submission.attestation(context, summary) if attested else ""
    with pytest.raises(ClaimIncomplete) as refused:
        await submission.submit_claim(context, summary.claim.revision, attested=shown, now=now)
    return [missing.requirement for missing in refused.value.missing]


async def test_a_complete_claim_is_locked_and_gets_its_receipt(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    receipt = await submit_attested(context, revision, now=now)
    assert receipt == await submission.latest_receipt(context)
    assert (receipt.version, receipt.submitted_at) == (1, now)
    assert claimed(receipt) == [("category1", 6, 6), ("safety", 2, 4)]
    assert receipt.document == {
        "form": 3,
        "revision": revision,
        "meeting": "test24",
        "certificate": {
            "provider": "Society of Tests",
            "meeting": "The Test Meeting 2024",
            "format": "Live activity",
            "location": "San Diego, California",
            "starts_on": "2024-09-26",
            "ends_on": "2024-09-29",
            "time_zone": "America/Los_Angeles",
            "paper": "letter",
            "accent": "#0b5563",
            "language": "en",
            "signatures": [],
        },
        "programme_version": 1,
        "name_on_certificate": "Kim O'Brien-Núñez Jr",
        "profession": "physician",
        "registration_type": "full",
        "credit_types": [credit_type_facts(each) for each in MEETING.credit],
        "lines": [
            {
                "code": "A",
                "title": "Session A",
                "starts_at": "2024-09-26T15:00:00+00:00",
                "ends_at": "2024-09-26T16:30:00+00:00",
                "minutes": 90,
                "credit": {"category1": 6, "safety": 4},
                "identifiers": {},
                "on_demand": False,
                "answers": {},
            }
        ],
        "overall_answers": {"bias": True},
    }
    assert (await claim.load_summary(context, now=now)).claim.status is ClaimStatus.SUBMITTED


async def test_the_audit_log_says_who_when_and_what(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    receipt = await submit_attested(context, revision, now=now)
    entry = await fetch_one(select(ClaimAuditRow))
    assert (entry.actor, entry.at, entry.from_status, entry.to_status, entry.receipt) == (
        f"attendee {context.attendee.id}",
        now,
        "draft",
        "submitted",
        receipt.number,
    )


async def test_an_empty_claim_is_told_all_that_is_missing(
    context: RequestContext, now: datetime
) -> None:
    assert await missing_requirements_of(context, now, attested=False) == [
        Requirement.LINES,
        Requirement.OVERALL_QUESTION,
        Requirement.CREDIT,
        Requirement.ATTESTATION,
    ]
    assert await submission.latest_receipt(context) is None


async def test_an_overlap_stops_the_submission_until_it_is_resolved(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await complete_draft(context, ids, now)
    await claim_lines.add_session(context, ids["C"], now=now)
    assert await missing_requirements_of(context, now) == [Requirement.CONFLICT]
    summary = await claim_lines.remove_session(context, ids["C"], now=now)
    await submit_attested(context, summary.claim.revision, now=now)


async def test_required_session_evaluations_are_asked_for(
    sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    form = MEETING.session_form
    required = replace(form, questions=(replace(form.questions[0], required=True),))
    meeting = replace(with_terms(session_evaluations_required=True), session_form=required)
    await load_meeting(replace(FOLDER, meeting=meeting), now=now)
    context = await sign_in_as()
    await complete_draft(context, ids, now)
    assert await missing_requirements_of(context, now) == [Requirement.SESSION_QUESTION]
    done = await evaluation_answers.answer_session(context, ids["A"], "objectives", 5, now=now)
    await submit_attested(context, done.claim.revision, now=now)


async def test_a_withdrawn_session_stops_the_submission_until_it_is_removed(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await complete_draft(context, ids, now)
    await claim_lines.add_session(context, ids["B"], now=now)
    left = tuple(session for session in FOLDER.sessions if session.code != "B")
    await load_meeting(replace(FOLDER, sessions=left), now=now)
    context = await sign_in_as()
    assert await missing_requirements_of(context, now) == [Requirement.WITHDRAWN]
    summary = await claim_lines.remove_session(context, ids["B"], now=now)
    await submit_attested(context, summary.claim.revision, now=now)


async def test_a_stale_revision_is_not_submitted(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    await claim_lines.add_session(context, ids["B"], now=now)
    with pytest.raises(StaleRevision):
        await submit_attested(context, revision, now=now)
    assert (await claim.load_summary(context, now=now)).claim.status is ClaimStatus.DRAFT


async def test_two_submits_at_once_give_one_receipt(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    receipts: list[Receipt] = await asyncio.gather(
        *(submit_attested(context, revision, now=now) for _ in range(5))
    )
    assert {receipt.number for receipt in receipts} == {receipts[0].number}
    assert len(await fetch(select(ReceiptRow))) == 1
    assert len(await fetch(select(ClaimAuditRow))) == 1


async def test_after_submission_nothing_can_be_changed(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    await submit_attested(context, revision, now=now)
    before = (
        await claim.load_summary(context, now=now),
        await evaluation_answers.load_answers(context),
    )
    changes = (
        claim_lines.add_session(context, ids["B"], now=now),
        claim_lines.remove_session(context, ids["A"], now=now),
        claim_lines.set_minutes(context, ids["A"], 15, now=now),
        claim_lines.set_amount(context, ids["A"], "safety", Amount(0), now=now),
        claim_lines.set_on_demand(context, ids["A"], True, now=now),
        evaluation_answers.answer_session(context, ids["A"], "objectives", 1, now=now),
        evaluation_answers.answer_overall(context, "bias", False, now=now),
        submission.choose_total(context, "category1", Amount(1), now=now),
        submission.choose_total(context, "safety", Amount(0), now=now),
        submission.save_certificate_name(context, "Somebody Else", now=now),
        submission.correct_profession(context, "other", now=now),
        submit_attested(context, revision + 1, now=now),
    )
    for change in changes:
        with pytest.raises(ClaimLocked):
            await change
    assert (
        await claim.load_summary(context, now=now),
        await evaluation_answers.load_answers(context),
    ) == before


async def test_a_closed_period_takes_no_submission(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete_draft(context, ids, now)
    too_early = MEETING.claim.opens_at - timedelta(seconds=1)
    with pytest.raises(ClaimPeriodNotOpen):
        await submit_attested(context, revision, now=too_early)
    with pytest.raises(ClaimPeriodClosed):
        await submit_attested(context, revision, now=MEETING.claim.closes_at)


@pytest.mark.parametrize("quarters", [0, 7, -4])
async def test_category_1_is_chosen_within_what_the_sessions_support(
    context: RequestContext, ids: dict[str, int], now: datetime, quarters: int
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    with pytest.raises(CreditLimitExceeded):
        await submission.choose_total(context, "category1", Amount(quarters), now=now)


async def test_all_is_the_patient_safety_too_where_there_is_any(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(CreditLimitExceeded):
        await submission.choose_all(context, now=now)
    await claim_lines.add_session(context, ids["B"], now=now)
    without = await submission.choose_all(context, now=now)
    assert without.claim.totals == {"category1": Amount(8)}
    await claim_lines.add_session(context, ids["A"], now=now)
    everything = await submission.choose_all(context, now=now)
    assert everything.claim.totals == {"category1": Amount(14), "safety": Amount(4)}


async def test_patient_safety_is_at_most_the_category_1_chosen(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await submission.choose_total(context, "category1", Amount(3), now=now)
    with pytest.raises(CreditLimitExceeded):
        await submission.choose_total(context, "safety", Amount(4), now=now)
    await submission.choose_total(context, "safety", Amount(3), now=now)
    lowered = await submission.choose_total(context, "category1", Amount(2), now=now)
    assert lowered.claim.totals == {"category1": 2}


async def test_the_name_on_the_certificate_can_be_corrected_and_taken_back(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await submission.save_certificate_name(context, "  Kim   Núñez ", now=now)
    assert (await sign_in_as()).attendee.name_on_certificate == "Kim Núñez"
    await submission.save_certificate_name(context, "Kim O'Brien-Núñez Jr", now=now)
    own = select(AttendeeRow.name_on_certificate).where(AttendeeRow.id == context.attendee.id)
    assert await fetch_one(own) is None


async def test_the_profession_can_be_corrected_and_a_new_load_keeps_it(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await submission.correct_profession(context, "other", now=now)
    await load_meeting(FOLDER, now=now)
    assert (await sign_in_as()).attendee.profession == "other"
    await submission.correct_profession(context, "physician", now=now)
    assert (await sign_in_as()).attendee.profession == "physician"


async def test_a_chosen_total_that_a_new_load_took_away_is_asked_for_again(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await complete_draft(context, ids, now)
    shorter = replace(FOLDER.sessions[0], credit={"category1": Amount(4), "safety": Amount(1)})
    await load_meeting(replace(FOLDER, sessions=(shorter, *FOLDER.sessions[1:])), now=now)
    context = await sign_in_as()
    summary = await claim.load_summary(context, now=now)
    assert summary.cleared == {"category1": 6, "safety": 2}
    assert summary.lowered == {ids["A"]}
    assert await missing_requirements_of(context, now) == [Requirement.CREDIT]


async def test_a_session_that_lost_its_credit_stops_the_submission(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await complete_draft(context, ids, now)
    worthless = replace(FOLDER.sessions[0], credit={}, eligible=False)
    await load_meeting(replace(FOLDER, sessions=(worthless, *FOLDER.sessions[1:])), now=now)
    assert await missing_requirements_of(await sign_in_as(), now) == [
        Requirement.WITHDRAWN,
        Requirement.CREDIT,
    ]


@pytest.mark.parametrize(
    ("name", "invalid"),
    [
        ("", InvalidName(NameFault.EMPTY)),
        (" \n ", InvalidName(NameFault.EMPTY)),
        ("x" * 121, InvalidName(NameFault.TOO_LONG)),
        ("x" * 5_000, InvalidName(NameFault.TOO_LONG)),
        ("Kim\u202e", InvalidName(NameFault.FORBIDDEN_CHARACTERS, "\u202e")),
        ("Kim\0", InvalidName(NameFault.FORBIDDEN_CHARACTERS, "\N{REPLACEMENT CHARACTER}")),
        ("Kim\ud800", InvalidName(NameFault.FORBIDDEN_CHARACTERS, "?")),
        ("www.example.org", InvalidName(NameFault.WEB_ADDRESS)),
        ("Kim 𓂀 ☃", InvalidName(NameFault.FORBIDDEN_CHARACTERS, "☃")),
        ("Kim 𓂀", InvalidName(NameFault.UNPRINTABLE, "𓂀")),
    ],
)
async def test_what_is_no_name_is_kept_and_stops_the_submission(
    context: RequestContext,
    sign_in_as: SignIn,
    ids: dict[str, int],
    now: datetime,
    name: str,
    invalid: InvalidName,
) -> None:
    await complete_draft(context, ids, now)
    await submission.save_certificate_name(context, "Patrick Eze", now=now)
    await submission.save_certificate_name(context, name, now=now)
    context = await sign_in_as()
    assert context.attendee.name_on_certificate == submission.entered_name(context.attendee, name)
    revision = (await claim.load_summary(context, now=now)).claim.revision
    with pytest.raises(ClaimIncomplete) as refused:
        await submit_attested(context, revision, now=now)
    assert refused.value.missing == (MissingRequirement(Requirement.NAME, name=invalid),)


def test_no_more_of_a_name_is_normalized_than_is_stored(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    normalized: list[str] = []

    def normalize(text: str) -> str:
        normalized.append(text)
        return text

    monkeypatch.setattr(submission, "normalize_name", normalize)
    submission.entered_name(context.attendee, 16_000 * "\u0301" + 16_000 * "\u0316")
    assert [len(text) for text in normalized] == [submission.ENTRY_LIMIT]


@pytest.mark.parametrize("name", ["Patrick Eze 李, MD", "王 晓明", "زهرا حسینی‌نژاد"])
async def test_a_name_in_any_script_is_submitted_as_it_was_entered(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime, name: str
) -> None:
    await complete_draft(context, ids, now)
    revision = (await submission.save_certificate_name(context, name, now=now)).claim.revision
    receipt = await submit_attested(await sign_in_as(), revision, now=now)
    assert receipt.document["name_on_certificate"] == name


async def test_a_name_as_registered_is_no_correction(database: Engine, now: datetime) -> None:
    registered = attendee("104", "李")
    await load_meeting(replace(FOLDER, attendees=(registered,)), now=now)
    token = await credentials.sign_in_with_badge(MEETING.code, "李", "104", now=now)
    context = await authentication.authenticate(MEETING.code, token, now=now)
    await submission.save_certificate_name(context, "Kim 李", now=now)
    own = select(AttendeeRow.name_on_certificate).where(AttendeeRow.id == context.attendee.id)
    assert await fetch_one(own) is None
