from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cme_reflex.domain.claims.claim import (
    Claim,
    ClaimIncomplete,
    ClaimLocked,
    ClaimPeriod,
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    ClaimStatus,
    DeadlinePassed,
    MissingRequirement,
    NotSubmitted,
    ReopeningNotAllowed,
    Requirement,
    claim_needs,
    claim_period,
    line_needs,
    missing_requirements,
    require_changeable,
    require_reopenable,
)
from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import Amounts, CreditTypes, Need
from cme_reflex.domain.evaluations.form import Answers, Form, Question, QuestionKind
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.names import InvalidName, NameFault
from tests.support.values.credit_values import amounts, credit_type
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY, with_terms
from tests.support.values.programme_values import programme, session

OPENS, CLOSES = MEETING.claim.opens_at, MEETING.claim.closes_at
INSTANT, SECOND, DAY = timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=1)
NOT_OPEN, OPEN, CLOSED = ClaimPeriod
DRAFT, SUBMITTED, REOPENED, WITHDRAWN = ClaimStatus
MAY_REOPEN = with_terms(attendee_may_reopen=True)

GRADE = Question(key="grade", kind=QuestionKind.SCALE, text="How was it?", required=True)
BIAS = Question(key="bias", kind=QuestionKind.YES_NO, text="Free of bias?", required=True)
CHANGE = Question(key="change", kind=QuestionKind.TEXT, text="What will change?", required=True)
COMMENT = Question(key="comment", kind=QuestionKind.TEXT, text="Comments")


def meeting(**more: Any) -> Meeting:
    """A meeting that requires what it asks about each session and overall, but no comments."""
    terms = with_terms(session_evaluations_required=True)
    forms = {
        "session_form": Form((GRADE, COMMENT)),
        "overall_form": Form((BIAS, CHANGE, COMMENT)),
    }
    return replace(terms, **{**forms, **more})


SESSIONS = session(1, "8:00", "9:00"), session(2, "9:00", "10:00"), session(3, "8:30", "9:00")
ONE, TWO, MEETS_ONE = (each.line(MEETING.credit) for each in SESSIONS)
OVERALL = {"bias": True, "change": "Nothing"}
ANSWERS = Answers({1: {"grade": 5}, 2: {"grade": 1}, 3: {"grade": 3}}, OVERALL)
COMPLETE = Claim(lines=(ONE, TWO), totals=amounts(category1=8))


def missing_in(
    claim: Claim = COMPLETE,
    answers: Answers = ANSWERS,
    of: Meeting | None = None,
    types: CreditTypes = MEETING.credit,
    *,
    name: InvalidName | None = None,
    attested: bool = True,
) -> tuple[MissingRequirement, ...]:
    """What is missing in the three sessions' programme."""
    return missing_requirements(
        claim,
        answers,
        programme(*SESSIONS, meeting=of or meeting()),
        types,
        name=name,
        attested=attested,
    )


def test_a_new_claim_is_an_empty_draft() -> None:
    assert Claim() == Claim(status=DRAFT, revision=0, totals={}, lines=(), reopened_until=None)


def test_the_claim_period_reaches_from_its_opening_until_just_before_its_close() -> None:
    instants = (OPENS - INSTANT, OPENS, CLOSES - INSTANT, CLOSES)
    periods = [claim_period(MEETING.claim, instant) for instant in instants]
    assert periods == [NOT_OPEN, OPEN, OPEN, CLOSED]


@pytest.mark.parametrize("deadline", [CLOSES - DAY, CLOSES + DAY])
def test_the_period_of_a_reopened_claim_reaches_until_its_own_deadline(deadline: datetime) -> None:
    instants = (OPENS - INSTANT, OPENS, deadline - INSTANT, deadline)
    periods = [claim_period(MEETING.claim, instant, deadline) for instant in instants]
    assert periods == [NOT_OPEN, OPEN, OPEN, CLOSED]


@pytest.mark.parametrize("status", [DRAFT, REOPENED])
def test_a_claim_can_be_changed_from_the_opening_until_just_before_the_close(
    status: ClaimStatus,
) -> None:
    claim = Claim(status=status)
    for instant in (OPENS, CLOSES - SECOND):
        require_changeable(claim, MEETING, instant)
    with pytest.raises(ClaimPeriodNotOpen) as early:
        require_changeable(claim, MEETING, OPENS - SECOND)
    assert early.value.opens_at == OPENS
    with pytest.raises(ClaimPeriodClosed) as late:
        require_changeable(claim, MEETING, CLOSES)
    assert late.value.closed_at == CLOSES


@pytest.mark.parametrize("deadline", [CLOSES - DAY, CLOSES + DAY])
def test_a_reopened_claim_can_be_changed_until_its_own_deadline(deadline: datetime) -> None:
    claim = Claim(status=REOPENED, reopened_until=deadline)
    require_changeable(claim, MEETING, deadline - SECOND)
    with pytest.raises(ClaimPeriodClosed) as late:
        require_changeable(claim, MEETING, deadline)
    assert late.value.closed_at == deadline


@pytest.mark.parametrize("instant", [OPENS - SECOND, OPENS, CLOSES])
def test_a_submitted_claim_is_locked_at_any_time(instant: datetime) -> None:
    with pytest.raises(ClaimLocked):
        require_changeable(Claim(status=SUBMITTED), MEETING, instant)


def test_a_submitted_claim_can_be_reopened_within_the_claim_period() -> None:
    claim = Claim(status=SUBMITTED)
    for instant in (OPENS, CLOSES - SECOND):
        require_reopenable(claim, MAY_REOPEN, instant, versions=1)
    with pytest.raises(ClaimPeriodNotOpen) as early:
        require_reopenable(claim, MAY_REOPEN, OPENS - SECOND, versions=1)
    assert early.value.opens_at == OPENS
    with pytest.raises(ClaimPeriodClosed) as late:
        require_reopenable(claim, MAY_REOPEN, CLOSES, versions=1)
    assert late.value.closed_at == CLOSES


@pytest.mark.parametrize("status", [DRAFT, REOPENED])
def test_only_a_submitted_claim_can_be_reopened(status: ClaimStatus) -> None:
    with pytest.raises(NotSubmitted):
        require_reopenable(Claim(status=status), MAY_REOPEN, OPENS, versions=1)


@pytest.mark.parametrize("status", ClaimStatus)
def test_an_attendee_reopens_nothing_where_the_meeting_does_not_let_them(
    status: ClaimStatus,
) -> None:
    with pytest.raises(ReopeningNotAllowed):
        require_reopenable(Claim(status=status), MEETING, OPENS, versions=1)


def test_a_complete_claim_lacks_nothing() -> None:
    assert missing_in() == ()


def test_an_empty_claim_lacks_everything_but_answers_about_sessions() -> None:
    assert missing_in(Claim(), Answers(), attested=False) == (
        MissingRequirement(Requirement.LINES),
        MissingRequirement(Requirement.OVERALL_QUESTION, question=BIAS),
        MissingRequirement(Requirement.OVERALL_QUESTION, question=CHANGE),
        MissingRequirement(Requirement.CREDIT),
        MissingRequirement(Requirement.ATTESTATION),
    )


def test_missing_requirements_are_in_the_order_of_the_page() -> None:
    withdrawn = replace(SESSIONS[1], withdrawn=True)
    whole = programme(SESSIONS[0], withdrawn, SESSIONS[2], meeting=meeting())
    claim = Claim(lines=(ONE, TWO, MEETS_ONE))
    answers = Answers({1: {"grade": 5}, 2: {"comment": "Good"}}, {"bias": False})
    name = InvalidName(NameFault.EMPTY)
    assert missing_requirements(
        claim, answers, whole, MEETING.credit, name=name, attested=False
    ) == (
        MissingRequirement(Requirement.WITHDRAWN, 2),
        MissingRequirement(Requirement.CONFLICT),
        MissingRequirement(Requirement.SESSION_QUESTION, 2, GRADE),
        MissingRequirement(Requirement.SESSION_QUESTION, 3, GRADE),
        MissingRequirement(Requirement.OVERALL_QUESTION, None, CHANGE),
        MissingRequirement(Requirement.CREDIT),
        MissingRequirement(Requirement.NAME, name=name),
        MissingRequirement(Requirement.ATTESTATION),
    )


@pytest.mark.parametrize("change", [{"withdrawn": True}, {"eligible": False}])
def test_a_session_that_lost_its_credit_is_named(change: dict[str, bool]) -> None:
    whole = programme(replace(SESSIONS[0], **change), SESSIONS[1], meeting=meeting())
    assert missing_requirements(
        COMPLETE, ANSWERS, whole, MEETING.credit, name=None, attested=True
    ) == (MissingRequirement(Requirement.WITHDRAWN, 1),)


@pytest.mark.parametrize(
    ("policy", "needs"),
    [
        (OverlapPolicy.RESOLVE, (MissingRequirement(Requirement.CONFLICT),)),
        (OverlapPolicy.CAP, ()),
        (OverlapPolicy.ALLOW, ()),
    ],
)
def test_a_conflict_is_to_be_resolved_only_where_the_meeting_wants_it(
    policy: OverlapPolicy, needs: tuple[MissingRequirement, ...]
) -> None:
    claim = replace(COMPLETE, lines=(ONE, MEETS_ONE))
    assert missing_in(claim, of=meeting(overlap_policy=policy)) == needs


def test_sessions_are_evaluated_only_where_the_meeting_requires_it() -> None:
    optional = replace(meeting().claim, session_evaluations_required=False)
    assert missing_in(answers=Answers({}, OVERALL), of=meeting(claim=optional)) == ()


def test_patient_safety_may_be_left_open_and_category_1_may_not() -> None:
    unchosen = replace(COMPLETE, totals=amounts(safety=0))
    assert missing_in(unchosen) == (MissingRequirement(Requirement.CREDIT),)


NURSING = credit_type("ancc")
NEEDY = credit_type("acpe", needs=Need.OVERALL_EVALUATION)
PHARMACOLOGY = credit_type("pharm", part_of="ancc")
SEVERAL = CreditTypes((CATEGORY1, SAFETY, NURSING, PHARMACOLOGY, NEEDY))


@pytest.mark.parametrize(
    ("totals", "missing"),
    [
        (amounts(ancc=1), ()),
        (amounts(category1=1, ancc=1, pharm=1), ()),
        (amounts(category1=1, pharm=0), (MissingRequirement(Requirement.CREDIT, credit="ancc"),)),
        (amounts(ancc=1, safety=1), (MissingRequirement(Requirement.CREDIT, credit="category1"),)),
        (amounts(pharm=1), (MissingRequirement(Requirement.CREDIT),)),
        ({}, (MissingRequirement(Requirement.CREDIT),)),
    ],
)
def test_any_primary_type_is_enough_and_a_subset_is_claimed_with_its_own(
    totals: Amounts, missing: tuple[MissingRequirement, ...]
) -> None:
    assert missing_in(replace(COMPLETE, totals=totals), types=SEVERAL) == missing


def test_a_total_of_a_type_that_is_not_offered_is_not_enough() -> None:
    nursing = CreditTypes((NURSING,))
    assert missing_in(types=nursing) == (MissingRequirement(Requirement.CREDIT),)


def test_a_conflict_blocks_only_if_it_is_one_of_a_type_chosen() -> None:
    lines = [
        replace(each, amounts=amounts(category1=4, ancc=ancc))
        for each, ancc in ((ONE, 4), (TWO, 0))
    ] + [replace(MEETS_ONE, amounts=amounts(ancc=2))]
    claim = replace(COMPLETE, lines=tuple(lines))
    assert missing_in(claim, types=SEVERAL) == ()
    both = replace(claim, totals=amounts(category1=8, ancc=4))
    assert missing_in(both, types=SEVERAL) == (MissingRequirement(Requirement.CONFLICT),)


def test_a_type_that_needs_the_overall_evaluation_blocks_only_where_it_is_chosen() -> None:
    optional = meeting(overall_form=Form((replace(BIAS, required=False), COMMENT)))
    unanswered = Answers(ANSWERS.sessions, {})
    both = replace(COMPLETE, totals=amounts(category1=8, acpe=8))
    assert missing_in(both, of=optional, types=SEVERAL) == ()
    assert missing_in(both, unanswered, optional, SEVERAL) == (
        MissingRequirement(Requirement.NEED, credit="acpe"),
    )
    assert missing_in(COMPLETE, unanswered, optional, SEVERAL) == ()
    evaluated = replace(CATEGORY1, needs=Need.SESSION_EVALUATION)
    assert missing_in(COMPLETE, unanswered, optional, CreditTypes((evaluated,))) == ()


def test_what_is_evaluated_completely_meets_the_need() -> None:
    by_session = [
        line_needs(Answers(sessions), meeting(), 1)
        for sessions in (
            {},
            {1: {}},
            {1: {"comment": "Good"}},
            {2: {"grade": 5}},
            {1: {"grade": 5}},
        )
    ]
    assert by_session == [set(), set(), set(), set(), {Need.SESSION_EVALUATION}]
    overall = [
        claim_needs(Answers({}, answers), meeting()) for answers in ({}, {"bias": True}, OVERALL)
    ]
    assert overall == [set(), set(), {Need.OVERALL_EVALUATION}]


def test_a_complete_claim_still_needs_the_attestation() -> None:
    assert missing_in(attested=False) == (MissingRequirement(Requirement.ATTESTATION),)


def test_an_incomplete_claim_tells_all_of_it() -> None:
    needs = [MissingRequirement(Requirement.LINES), MissingRequirement(Requirement.CREDIT)]
    error = ClaimIncomplete(needs)
    assert (error.missing, str(error)) == (tuple(needs), "2 things are missing")


def test_the_log_says_which_instant_stood_in_the_way() -> None:
    errors = ClaimPeriodNotOpen(OPENS), ClaimPeriodClosed(CLOSES), DeadlinePassed(OPENS)
    assert [str(error) for error in errors] == [
        "The claim period opens at 2024-09-26T15:00:00+00:00.",
        "The claim period closed at 2030-12-31T23:00:00+00:00.",
        "The deadline 2024-09-26T15:00:00+00:00 is in the past.",
    ]
    assert errors[2].deadline == OPENS
