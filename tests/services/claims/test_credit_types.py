"""Claims of several credit types: professions, needs, own deadlines, and what a load withdraws."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from cme_reflex.domain.claims.claim import StaleRevision
from cme_reflex.domain.credit.claimable import (
    CreditLimitExceeded,
    CreditNeedUnmet,
    CreditTypeClosed,
)
from cme_reflex.domain.credit.credit_type import Amount, CreditType, Need, UnknownCreditType
from cme_reflex.domain.meetings.meeting import Profession, ProfessionBy
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.claims import claim, claim_lines, submission
from cme_reflex.services.claims.profession_changes import (
    ProfessionChange,
    load_profession_changes,
)
from cme_reflex.services.claims.submission import ProfessionNotCorrectable, UnknownProfession
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.affected_claims import ClearedTotal
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn, submit_attested
from tests.support.meetings import FOLDER
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY

CLOSES = datetime(2024, 11, 15, tzinfo=UTC)  # before the claim period does


def credit_type(code: str, **more: object) -> CreditType:
    fields = {"label": code.upper(), "name_one": code, "name_many": code}
    return CreditType(code=code, **{**fields, **more})  # type: ignore[arg-type]


EUROPEAN = credit_type("eaccme", increment=Fraction(1, 2), awarded_to=frozenset({"physician"}))
NURSING = credit_type(
    "ancc", awarded_to=frozenset({"nurse"}), needs=Need.SESSION_EVALUATION, closes_at=CLOSES
)
PHARMACOLOGY = credit_type("rx", part_of="ancc")
POINTS = credit_type("moc", awarded_to=frozenset({"physician"}), needs=Need.OVERALL_EVALUATION)
TYPES = (CATEGORY1, SAFETY, EUROPEAN, NURSING, PHARMACOLOGY, POINTS)
AMOUNTS = {"eaccme": 3, "ancc": 6, "rx": 2, "moc": 1}


@pytest.fixture
def folder() -> MeetingFolder:
    """A meeting for physicians and nurses, of which session A gives credit of every type."""
    nurse = Profession(code="nurse", label="Nurse")
    meeting = replace(MEETING, credit_types=TYPES, professions=(*MEETING.professions, nurse))
    first, *others = FOLDER.sessions
    credit = {**first.credit, **{code: Amount(amount) for code, amount in AMOUNTS.items()}}
    return replace(FOLDER, meeting=meeting, sessions=(replace(first, credit=credit), *others))


@pytest.fixture
async def nurse(context: RequestContext, sign_in_as: SignIn, now: datetime) -> RequestContext:
    """The attendee with badge 101, who is a nurse."""
    await submission.correct_profession(context, "nurse", now=now)
    return await sign_in_as()


async def test_a_profession_is_offered_its_types_alone(
    context: RequestContext, nurse: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    physician = await claim_lines.add_session(context, ids["A"], now=now)
    assert [each.code for each in physician.offered] == ["category1", "safety", "eaccme", "moc"]
    assert physician.claimable == {"category1": 6, "safety": 4, "eaccme": 3, "moc": 1}
    summary = await claim.load_summary(nurse, now=now)
    assert [each.code for each in summary.offered] == ["ancc", "rx"]
    with pytest.raises(UnknownCreditType):
        await submission.choose_total(nurse, "category1", Amount(1), now=now)


async def test_a_line_without_its_evaluation_gives_nothing_of_a_type_that_needs_it(
    nurse: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    added = await claim_lines.add_session(nurse, ids["A"], now=now)
    assert added.claimable == {"ancc": 0, "rx": 0}
    assert added.claim.lines[0].unmet["ancc"] is Need.SESSION_EVALUATION
    with pytest.raises(CreditLimitExceeded):
        await submission.choose_all(nurse, now=now)
    done = await evaluation_answers.answer_session(nurse, ids["A"], "objectives", 5, now=now)
    assert done.claimable == {"ancc": 6, "rx": 2}
    chosen = await submission.choose_all(nurse, now=now)
    assert chosen.claim.totals == {"ancc": 6, "rx": 2}
    withdrawn = await evaluation_answers.answer_session(nurse, ids["A"], "objectives", "", now=now)
    assert (withdrawn.claim.totals, withdrawn.cleared) == ({}, {"ancc": 6, "rx": 2})


async def test_a_type_that_needs_the_overall_evaluation_waits_for_it_alone(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    added = await claim_lines.add_session(context, ids["A"], now=now)
    assert added.blocked == {"moc"}
    with pytest.raises(CreditNeedUnmet):
        await submission.choose_total(context, "moc", Amount(1), now=now)
    chosen = await submission.choose_all(context, now=now)
    assert chosen.claim.totals == {"category1": 6, "safety": 4, "eaccme": 3}
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    assert (await submission.choose_all(context, "moc", now=now)).claim.totals == {
        **chosen.claim.totals,
        "moc": 1,
    }


async def test_all_of_one_primary_type_leaves_the_others_alone(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    chosen = await submission.choose_all(context, "eaccme", now=now)
    assert chosen.claim.totals == {"eaccme": 3}
    with pytest.raises(UnknownCreditType):
        await submission.choose_all(context, "safety", now=now)


async def test_a_type_that_closed_cannot_be_chosen_and_a_chosen_one_is_cleared_before_submit(
    nurse: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(nurse, ids["A"], now=now)
    await evaluation_answers.answer_session(nurse, ids["A"], "objectives", 5, now=now)
    await evaluation_answers.answer_overall(nurse, "bias", True, now=now)
    shown = await submission.choose_all(nurse, now=now)
    attested = submission.attestation(nurse, shown)
    with pytest.raises(StaleRevision):
        await submission.submit_claim(nurse, shown.claim.revision, attested=attested, now=CLOSES)
    late = await claim.load_summary(nurse, now=CLOSES)
    assert (late.claim.totals, late.cleared) == ({}, {"ancc": 6, "rx": 2})
    with pytest.raises(CreditTypeClosed):
        await submission.choose_total(nurse, "ancc", Amount(1), now=CLOSES)
    receipt = await submit_attested(nurse, shown.claim.revision, now=CLOSES - timedelta(seconds=1))
    assert [(each.type.code, each.claimed) for each in receipt.credits] == [("ancc", 6), ("rx", 2)]


async def test_a_correction_of_the_profession_clears_totals_of_types_no_longer_offered(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await submission.choose_all(context, now=now)
    corrected = await submission.correct_profession(context, "other", now=now)
    assert (corrected.claim.totals, corrected.cleared) == (
        {"category1": 6, "safety": 4},
        {"eaccme": 3},
    )
    with pytest.raises(UnknownProfession):
        await submission.correct_profession(context, "surgeon", now=now)


async def test_corrected_professions_are_listed_for_staff(
    context: RequestContext, now: datetime
) -> None:
    assert await load_profession_changes(MEETING.code) == []
    await submission.correct_profession(context, "nurse", now=now)
    assert await load_profession_changes(MEETING.code) == [
        ProfessionChange(
            badge="101", registered="Physician (MD or DO)", corrected="Nurse", status="draft"
        )
    ]
    await submission.correct_profession(context, "physician", now=now)
    assert await load_profession_changes(MEETING.code) == []


async def test_only_the_society_corrects_professions_where_the_registration_says_them(
    context: RequestContext, folder: MeetingFolder, sign_in_as: SignIn, now: datetime
) -> None:
    meeting = replace(folder.meeting, profession_by=ProfessionBy.REGISTRATION)
    await load_meeting(replace(folder, meeting=meeting), now=now)
    with pytest.raises(ProfessionNotCorrectable):
        await submission.correct_profession(context, "nurse", now=now)
    assert (await sign_in_as()).attendee.profession == "physician"


async def test_undo_of_a_removal_restores_the_totals_of_every_type(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    chosen = await submission.choose_all(context, now=now)
    removed = await claim_lines.remove_session(context, ids["A"], now=now)
    assert removed.cleared == chosen.claim.totals
    restored = await claim_lines.restore_session(context, ids["A"], now=now)
    assert restored.claim.totals == chosen.claim.totals


async def test_totals_of_a_type_that_a_load_withdraws_are_cleared_and_told(
    context: RequestContext,
    folder: MeetingFolder,
    sign_in_as: SignIn,
    ids: dict[str, int],
    now: datetime,
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    before = await submission.choose_all(context, now=now)
    meeting = replace(
        folder.meeting, credit_types=tuple(each for each in TYPES if each is not EUROPEAN)
    )
    first, *others = folder.sessions
    credit = {code: amount for code, amount in first.credit.items() if code != "eaccme"}
    report = await load_meeting(
        replace(folder, meeting=meeting, sessions=(replace(first, credit=credit), *others)),
        now=now,
    )
    assert report.cleared == (ClearedTotal("101", "EACCME", "1.5"),)
    after = await claim.load_summary(await sign_in_as(), now=now)
    assert after.claim.totals == {"category1": 6, "safety": 4}
    assert after.cleared == {"eaccme": 3}
    assert after.claim.revision == before.claim.revision + 1
