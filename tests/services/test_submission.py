import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.attendee import InvalidName, UnprintableName
from cme_reflex.domain.claim import CreditLimitExceeded, Totals
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.submission import (
    ClaimLocked,
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    Incomplete,
    Need,
    StaleRevision,
    Status,
)
from cme_reflex.services import claim, evaluation, selection, signin, submission
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.submission import Receipt
from cme_reflex.services.visit import Visit
from cme_reflex.store.tables import AuditRow, ReceiptRow
from tests.meetings import FOLDER, MEETING, attendee, with_terms
from tests.rows import fetch, fetch_one
from tests.services.conftest import SignIn


async def complete(visit: Visit, ids: dict[str, int], now: datetime) -> int:
    """Do all that Submit needs; the revision to submit."""
    await selection.add_session(visit, ids["A"], now=now)
    await evaluation.answer_overall(visit, "bias", True, now=now)
    await submission.choose_category1(visit, Quarters(6), now=now)
    return (await submission.choose_safety(visit, Quarters(2), now=now)).claim.revision


async def needs(visit: Visit, now: datetime, *, attested: bool = True) -> list[Need]:
    """What Submit says is missing."""
    revision = (await claim.standing(visit)).claim.revision
    with pytest.raises(Incomplete) as refused:
        await submission.submit_claim(visit, revision, attested=attested, now=now)
    return [missing.need for missing in refused.value.missing]


async def test_a_complete_claim_is_locked_and_gets_its_receipt(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete(visit, ids, now)
    receipt = await submission.submit_claim(visit, revision, attested=True, now=now)
    assert receipt == await submission.last_receipt(visit)
    assert (receipt.version, receipt.category1, receipt.safety, receipt.submitted_at) == (
        1,
        6,
        2,
        now,
    )
    assert receipt.document == {
        "form": 2,
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
            "statements": ["Accredited.", "Designated."],
            "safety_label": "Patient Safety",
            "paper": "letter",
            "accent": "#0b5563",
            "language": "en",
        },
        "programme_version": 1,
        "name_on_certificate": "Kim O'Brien-Núñez Jr",
        "is_physician": True,
        "registration_type": "full",
        "lines": [
            {
                "code": "A",
                "title": "Session A",
                "starts_at": "2024-09-26T15:00:00+00:00",
                "ends_at": "2024-09-26T16:30:00+00:00",
                "quarters": 6,
                "safety": 4,
                "on_demand": False,
                "answers": {},
            }
        ],
        "overall_answers": {"bias": True},
    }
    assert (await claim.standing(visit)).claim.status is Status.SUBMITTED


async def test_the_audit_log_says_who_when_and_what(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete(visit, ids, now)
    receipt = await submission.submit_claim(visit, revision, attested=True, now=now)
    entry = await fetch_one(select(AuditRow))
    assert (entry.actor, entry.at, entry.from_status, entry.to_status, entry.receipt) == (
        f"attendee {visit.attendee.id}",
        now,
        "draft",
        "submitted",
        receipt.number,
    )


async def test_an_empty_claim_is_told_all_that_is_missing(visit: Visit, now: datetime) -> None:
    assert await needs(visit, now, attested=False) == [
        Need.LINES,
        Need.OVERALL_QUESTION,
        Need.CATEGORY1,
        Need.ATTESTATION,
    ]
    assert await submission.last_receipt(visit) is None


async def test_an_overlap_stops_the_submission_until_it_is_resolved(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await complete(visit, ids, now)
    await selection.add_session(visit, ids["C"], now=now)
    assert await needs(visit, now) == [Need.CONFLICT]
    standing = await selection.remove_session(visit, ids["C"], now=now)
    await submission.submit_claim(visit, standing.claim.revision, attested=True, now=now)


async def test_required_session_evaluations_are_asked_for(
    visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    form = MEETING.session_form
    required = replace(form, questions=(replace(form.questions[0], required=True),))
    meeting = replace(with_terms(session_evaluations_required=True), session_form=required)
    await load_meeting(replace(FOLDER, meeting=meeting), now=now)
    visit = await visit_as()
    await complete(visit, ids, now)
    assert await needs(visit, now) == [Need.SESSION_QUESTION]
    done = await evaluation.answer_session(visit, ids["A"], "objectives", 5, now=now)
    await submission.submit_claim(visit, done.claim.revision, attested=True, now=now)


async def test_a_withdrawn_session_stops_the_submission_until_it_is_removed(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await complete(visit, ids, now)
    await selection.add_session(visit, ids["B"], now=now)
    left = tuple(session for session in FOLDER.sessions if session.code != "B")
    await load_meeting(replace(FOLDER, sessions=left), now=now)
    visit = await visit_as()
    assert await needs(visit, now) == [Need.WITHDRAWN]
    standing = await selection.remove_session(visit, ids["B"], now=now)
    await submission.submit_claim(visit, standing.claim.revision, attested=True, now=now)


async def test_a_stale_revision_is_not_submitted(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete(visit, ids, now)
    await selection.add_session(visit, ids["B"], now=now)
    with pytest.raises(StaleRevision):
        await submission.submit_claim(visit, revision, attested=True, now=now)
    assert (await claim.standing(visit)).claim.status is Status.DRAFT


async def test_two_submits_at_once_give_one_receipt(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete(visit, ids, now)
    receipts: list[Receipt] = await asyncio.gather(
        *(submission.submit_claim(visit, revision, attested=True, now=now) for _ in range(5))
    )
    assert {receipt.number for receipt in receipts} == {receipts[0].number}
    assert len(await fetch(select(ReceiptRow))) == 1
    assert len(await fetch(select(AuditRow))) == 1


async def test_after_submission_nothing_can_be_changed(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete(visit, ids, now)
    await submission.submit_claim(visit, revision, attested=True, now=now)
    before = await claim.standing(visit), await evaluation.answers(visit)
    changes = (
        selection.add_session(visit, ids["B"], now=now),
        selection.remove_session(visit, ids["A"], now=now),
        selection.set_hours(visit, ids["A"], Quarters(1), now=now),
        selection.set_safety(visit, ids["A"], Quarters(0), now=now),
        selection.set_on_demand(visit, ids["A"], True, now=now),
        evaluation.answer_session(visit, ids["A"], "objectives", 1, now=now),
        evaluation.answer_overall(visit, "bias", False, now=now),
        submission.choose_category1(visit, Quarters(1), now=now),
        submission.choose_safety(visit, Quarters(0), now=now),
        submission.correct_name(visit, "Somebody Else", now=now),
        submission.correct_profession(visit, is_physician=False, now=now),
        submission.submit_claim(visit, revision + 1, attested=True, now=now),
    )
    for change in changes:
        with pytest.raises(ClaimLocked):
            await change
    assert (await claim.standing(visit), await evaluation.answers(visit)) == before


async def test_a_closed_period_takes_no_submission(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    revision = await complete(visit, ids, now)
    too_early = MEETING.claim.opens_at - timedelta(seconds=1)
    with pytest.raises(ClaimPeriodNotOpen):
        await submission.submit_claim(visit, revision, attested=True, now=too_early)
    with pytest.raises(ClaimPeriodClosed):
        await submission.submit_claim(visit, revision, attested=True, now=MEETING.claim.closes_at)


@pytest.mark.parametrize("quarters", [0, 7, -4])
async def test_category_1_is_chosen_within_what_the_sessions_support(
    visit: Visit, ids: dict[str, int], now: datetime, quarters: int
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    with pytest.raises(CreditLimitExceeded):
        await submission.choose_category1(visit, Quarters(quarters), now=now)


async def test_all_is_the_patient_safety_too_where_there_is_any(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(CreditLimitExceeded):
        await submission.choose_all(visit, now=now)
    await selection.add_session(visit, ids["B"], now=now)
    without = await submission.choose_all(visit, now=now)
    assert without.claim.totals == Totals(Quarters(8), None)
    await selection.add_session(visit, ids["A"], now=now)
    everything = await submission.choose_all(visit, now=now)
    assert everything.claim.totals == Totals(Quarters(14), Quarters(4))


async def test_patient_safety_is_at_most_the_category_1_chosen(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await submission.choose_category1(visit, Quarters(3), now=now)
    with pytest.raises(CreditLimitExceeded):
        await submission.choose_safety(visit, Quarters(4), now=now)
    await submission.choose_safety(visit, Quarters(3), now=now)
    lowered = await submission.choose_category1(visit, Quarters(2), now=now)
    assert (lowered.claim.totals.category1, lowered.claim.totals.safety) == (2, None)


async def test_the_name_on_the_certificate_can_be_corrected_and_taken_back(
    visit: Visit, visit_as: SignIn, now: datetime
) -> None:
    await submission.correct_name(visit, "  Kim   Núñez ", now=now)
    assert (await visit_as()).attendee.name_on_certificate == "Kim Núñez"
    await submission.correct_name(visit, "Kim O'Brien-Núñez Jr", now=now)
    assert (await visit_as()).attendee.corrected_name is None


async def test_the_profession_can_be_corrected_and_a_new_load_keeps_it(
    visit: Visit, visit_as: SignIn, now: datetime
) -> None:
    await submission.correct_profession(visit, is_physician=False, now=now)
    await load_meeting(FOLDER, now=now)
    assert not (await visit_as()).attendee.is_physician
    await submission.correct_profession(visit, is_physician=True, now=now)
    assert (await visit_as()).attendee.is_physician


async def test_a_chosen_total_that_a_new_load_took_away_is_asked_for_again(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await complete(visit, ids, now)
    shorter = replace(FOLDER.sessions[0], quarters=Quarters(4), safety=Quarters(1))
    await load_meeting(replace(FOLDER, sessions=(shorter, *FOLDER.sessions[1:])), now=now)
    visit = await visit_as()
    standing = await claim.standing(visit)
    assert (standing.cleared, standing.lowered) == (True, {ids["A"]})
    assert await needs(visit, now) == [Need.CATEGORY1]


async def test_a_session_that_lost_its_credit_stops_the_submission(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await complete(visit, ids, now)
    worthless = replace(
        FOLDER.sessions[0], quarters=Quarters(0), safety=Quarters(0), eligible=False
    )
    await load_meeting(replace(FOLDER, sessions=(worthless, *FOLDER.sessions[1:])), now=now)
    assert await needs(await visit_as(), now) == [Need.WITHDRAWN]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "Kim\0", "Kim\u202e"])
async def test_what_cannot_be_printed_is_no_name(visit: Visit, now: datetime, name: str) -> None:
    with pytest.raises(InvalidName):
        await submission.correct_name(visit, name, now=now)


async def test_a_name_is_corrected_to_what_the_certificate_can_print(
    visit: Visit, visit_as: SignIn, now: datetime
) -> None:
    with pytest.raises(UnprintableName) as refused:
        await submission.correct_name(visit, "李 Wei 伟", now=now)
    assert refused.value.characters == "李伟"
    assert (await visit_as()).attendee.corrected_name is None
    await submission.correct_name(visit, "Щёголев Ηλίας Đặng", now=now)
    assert (await visit_as()).attendee.name_on_certificate == "Щёголев Ηλίας Đặng"


async def test_a_name_as_registered_is_no_correction_even_where_it_cannot_be_printed(
    database: Engine, now: datetime
) -> None:
    registered = attendee("104", "李")
    await load_meeting(replace(FOLDER, attendees=(registered,)), now=now)
    token = await signin.with_number(MEETING.code, "李", "104", now=now)
    visit = await signin.visit(MEETING.code, token, now=now)
    await submission.correct_name(visit, "Kim 李", now=now)
    assert (await signin.visit(MEETING.code, token, now=now)).attendee.corrected_name is None
