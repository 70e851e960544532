from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.domain.claims.claim import (
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    InvalidCommand,
    NotInClaim,
)
from cme_reflex.domain.credit.claimable import CreditLimitExceeded
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.credit.line import InvalidMinutes
from cme_reflex.domain.programme.programme import NotEligible, NotYetEnded, PresentedByAttendee
from cme_reflex.services.claims import claim, claim_lines, submission
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn
from tests.support.meetings import FOLDER, MEETING, with_terms


def claimed(summary: ClaimSummary) -> list[tuple[str, int, int, bool]]:
    """The lines as (id, Category 1, Patient Safety, on demand)."""
    return [
        (str(line.session_id), line.amount("category1"), line.amount("safety"), line.on_demand)
        for line in summary.claim.lines
    ]


async def test_an_added_session_claims_its_full_credit(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    summary = await claim_lines.add_session(context, ids["A"], now=now)
    assert claimed(summary) == [(str(ids["A"]), 6, 4, False)]
    assert await claim.load_summary(context, now=now) == summary
    assert (summary.claimable["category1"], summary.claimable["safety"]) == (6, 4)


async def test_lines_stand_in_the_order_of_the_programme(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    for code in ("B", "D", "A"):
        summary = await claim_lines.add_session(context, ids[code], now=now)
    in_order = [session.id for session in context.programme.eligible_sessions]
    added = [line.session_id for line in summary.claim.lines]
    assert added == [key for key in in_order if key in {ids["A"], ids["B"], ids["D"]}]


async def test_adding_twice_changes_nothing(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    once = await claim_lines.add_session(context, ids["A"], now=now)
    assert claimed(await claim_lines.add_session(context, ids["A"], now=now)) == claimed(once)


async def test_what_is_removed_comes_back_with_its_hours(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.set_minutes(context, ids["A"], 45, now=now)
    gone = await claim_lines.remove_session(context, ids["A"], now=now)
    assert claimed(gone) == []
    assert claimed(await claim_lines.remove_session(context, ids["A"], now=now)) == []
    back = await claim_lines.add_session(context, ids["A"], now=now)
    assert claimed(back) == [(str(ids["A"]), 3, 3, False)]


async def test_undo_of_a_removal_chooses_the_cleared_totals_again(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.add_session(context, ids["B"], now=now)
    chosen = (await submission.choose_all(context, now=now)).claim.totals
    removed = await claim_lines.remove_session(context, ids["A"], now=now)
    assert removed.claim.totals == {}
    assert removed.cleared == {"category1": 14, "safety": 4}
    restored = await claim_lines.restore_session(context, ids["A"], now=now)
    assert restored.claim.totals == chosen
    assert not restored.cleared


async def test_the_cleared_totals_are_chosen_again_though_the_reply_to_the_removal_was_lost(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.add_session(context, ids["B"], now=now)
    chosen = (await submission.choose_all(context, now=now)).claim.totals
    command = replace(context, command="sent again, as no reply came")
    for _ in range(2):
        await claim_lines.remove_session(command, ids["A"], now=now)
    assert (await claim_lines.restore_session(context, ids["A"], now=now)).claim.totals == chosen


async def test_adding_a_removed_session_again_is_no_undo_of_its_removal(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await submission.choose_all(context, now=now)
    await claim_lines.remove_session(context, ids["A"], now=now)
    added = await claim_lines.add_session(context, ids["A"], now=now)
    assert added.claim.totals == {}
    # The next removal clears no total, so its Undo chooses none.
    await claim_lines.remove_session(context, ids["A"], now=now)
    restored = await claim_lines.restore_session(context, ids["A"], now=now)
    assert restored.claim.totals == {}


async def test_undo_is_offered_for_the_last_removals_the_newest_first(
    context: RequestContext, ids: dict[str, int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "UNDO_LIMIT", 2)
    for code in "ABD":
        await claim_lines.add_session(context, ids[code], now=now)
    for code, seconds in (("B", 1), ("D", 2), ("A", 3), ("B", 4)):  # the last one changes nothing
        at = now + timedelta(seconds=seconds)
        summary = await claim_lines.remove_session(context, ids[code], now=at)
    assert summary.removed == (ids["A"], ids["D"])
    restored = await claim_lines.restore_session(context, ids["A"], now=at)
    assert restored.removed == (ids["D"], ids["B"])
    assert await claim.load_summary(context, now=at) == restored
    added = await claim_lines.add_session(context, ids["D"], now=at)
    assert added.removed == (ids["B"],)


async def test_undo_is_no_longer_offered_an_hour_after_the_removal(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.remove_session(context, ids["A"], now=now)
    later = now + claim.UNDO_PERIOD
    before = await claim.load_summary(context, now=later - timedelta(seconds=1))
    assert before.removed == (ids["A"],)
    assert (await claim.load_summary(context, now=later)).removed == ()


async def test_undo_is_not_offered_for_a_session_that_gives_no_credit_anymore(
    context: RequestContext, ids: dict[str, int], now: datetime, sign_in_as: SignIn
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.remove_session(context, ids["A"], now=now)
    _, *others = FOLDER.sessions
    await load_meeting(replace(FOLDER, sessions=tuple(others)), now=now)
    assert (await claim.load_summary(await sign_in_as(), now=now)).removed == ()


async def test_undo_of_a_removal_keeps_a_total_that_was_chosen_since(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.add_session(context, ids["B"], now=now)
    await submission.choose_all(context, now=now)
    await claim_lines.remove_session(context, ids["A"], now=now)
    await submission.choose_total(context, "category1", Amount(1), now=now)
    restored = await claim_lines.restore_session(context, ids["A"], now=now)
    assert restored.claim.totals.get("category1") == 1


async def test_undo_of_a_removal_chooses_no_total_that_cannot_be_claimed(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.add_session(context, ids["B"], now=now)
    chosen = (await submission.choose_all(context, now=now)).claim.totals
    await claim_lines.remove_session(context, ids["A"], now=now)
    await claim_lines.remove_session(context, ids["B"], now=now)
    restored = await claim_lines.restore_session(context, ids["A"], now=now)
    assert restored.claim.totals == {"safety": chosen["safety"]}
    assert claimed(restored) == [(str(ids["A"]), 6, 4, False)]


async def test_patient_safety_follows_the_hours_until_it_is_lowered_by_hand(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)

    async def safety_at(minutes: int) -> int:
        summary = await claim_lines.set_minutes(context, ids["A"], minutes, now=now)
        return summary.claim.lines[0].amount("safety")

    assert [await safety_at(minutes) for minutes in (30, 90)] == [2, 4]
    await claim_lines.set_amount(context, ids["A"], "safety", Amount(1), now=now)
    assert [await safety_at(minutes) for minutes in (30, 90)] == [1, 1]
    await claim_lines.set_amount(context, ids["A"], "safety", Amount(4), now=now)
    assert [await safety_at(minutes) for minutes in (30, 90)] == [2, 4]


@pytest.mark.parametrize("minutes", [-15, 0, 20, 91, 105, True, 30.0, "30", None])
async def test_only_the_duration_or_quarter_hours_below_it_can_be_chosen(
    context: RequestContext, ids: dict[str, int], now: datetime, minutes: object
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    with pytest.raises(InvalidMinutes):
        await claim_lines.set_minutes(context, ids["A"], minutes, now=now)


async def test_a_lines_safety_is_at_most_its_hours(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.set_minutes(context, ids["A"], 30, now=now)
    with pytest.raises(CreditLimitExceeded) as refused:
        await claim_lines.set_amount(context, ids["A"], "safety", Amount(3), now=now)
    assert (refused.value.limit, refused.value.amount) == (2, 3)


async def test_overlapping_live_sessions_conflict_until_one_was_watched_on_demand(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    both = await claim_lines.add_session(context, ids["C"], now=now)
    assert both.in_conflict == {ids["A"], ids["C"]}
    assert both.claimable["category1"] == 10
    resolved = await claim_lines.set_on_demand(context, ids["A"], True, now=now)
    assert resolved.in_conflict == frozenset()
    assert resolved.claimable["category1"] == 12


async def test_an_on_demand_session_is_always_on_demand(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    summary = await claim_lines.add_session(context, ids["D"], now=now)
    assert claimed(summary) == [(str(ids["D"]), 8, 0, True)]
    with pytest.raises(NotEligible):
        await claim_lines.set_on_demand(context, ids["D"], False, now=now)
    await claim_lines.add_session(context, ids["C"], now=now)
    with pytest.raises(NotEligible):
        await claim_lines.set_on_demand(context, ids["C"], True, now=now)


@pytest.mark.parametrize("wrong", [0, -1, 10**12, True, 1.0, "1", None, [1], {"id": 1}])
async def test_what_is_no_session_cannot_be_added(
    context: RequestContext, now: datetime, wrong: object
) -> None:
    with pytest.raises(NotEligible):
        await claim_lines.add_session(context, wrong, now=now)
    assert claimed(await claim.load_summary(context, now=now)) == []


async def test_a_committee_meeting_cannot_be_added(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(NotEligible):
        await claim_lines.add_session(context, ids["COM"], now=now)


async def test_faculty_cannot_claim_what_they_present(
    sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(PresentedByAttendee):
        await claim_lines.add_session(await sign_in_as("102", "Smith"), ids["C"], now=now)


async def test_a_session_can_be_claimed_from_its_end(
    context: RequestContext, ids: dict[str, int]
) -> None:
    during = datetime(2024, 9, 26, 16, 0, tzinfo=UTC)
    with pytest.raises(NotYetEnded) as refused:
        await claim_lines.add_session(context, ids["A"], now=during)
    assert refused.value.claimable_from == datetime(2024, 9, 26, 16, 30, tzinfo=UTC)
    await claim_lines.add_session(context, ids["A"], now=refused.value.claimable_from)


async def test_a_recording_can_be_claimed_from_its_release(
    context: RequestContext, ids: dict[str, int]
) -> None:
    before = datetime(2024, 10, 1, tzinfo=UTC)
    await claim_lines.add_session(context, ids["A"], now=before)
    with pytest.raises(NotYetEnded):
        await claim_lines.set_on_demand(context, ids["A"], True, now=before)


async def test_nothing_changes_outside_the_claim_period(
    context: RequestContext, ids: dict[str, int]
) -> None:
    with pytest.raises(ClaimPeriodNotOpen):
        await claim_lines.add_session(context, ids["D"], now=datetime(2024, 9, 26, 14, tzinfo=UTC))
    with pytest.raises(ClaimPeriodClosed):
        await claim_lines.add_session(context, ids["A"], now=MEETING.claim.closes_at)


async def test_a_session_that_was_not_added_has_no_hours(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(NotInClaim):
        await claim_lines.set_minutes(context, ids["A"], 30, now=now)
    with pytest.raises(NotInClaim):
        await claim_lines.set_amount(context, ids["A"], "safety", Amount(1), now=now)
    with pytest.raises(NotInClaim):
        await claim_lines.set_on_demand(context, ids["A"], True, now=now)


async def test_one_attendees_claim_is_not_anothers(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    assert claimed(await claim.load_summary(await sign_in_as("102", "Smith"), now=now)) == []


async def test_a_chosen_total_above_what_is_left_is_cleared_and_told(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    await claim_lines.add_session(context, ids["B"], now=now)
    chosen = await submission.choose_total(context, "category1", Amount(14), now=now)
    assert (chosen.claim.totals, chosen.cleared) == ({"category1": 14}, {})
    left = await claim_lines.remove_session(context, ids["B"], now=now)
    assert (left.claim.totals, left.cleared) == ({}, {"category1": 14})
    assert (await claim.load_summary(context, now=now)).claim.totals == {}


async def test_the_registration_type_limits_the_claim(
    sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    one_day = await sign_in_as("103", "Smith")
    await claim_lines.add_session(one_day, ids["A"], now=now)
    summary = await claim_lines.add_session(one_day, ids["B"], now=now)
    assert summary.claimable["category1"] == 6


async def test_a_withdrawn_session_cannot_be_added_by_a_page_that_still_shows_it(
    sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await load_meeting(replace(FOLDER, sessions=FOLDER.sessions[1:]), now=now)
    with pytest.raises(NotEligible):
        await claim_lines.add_session(await sign_in_as(), ids["A"], now=now)


async def test_other_terms_reach_the_next_visit(sign_in_as: SignIn, now: datetime) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(note="Other terms.")), now=now)
    assert (await sign_in_as()).meeting.claim.note == "Other terms."


async def test_a_command_that_arrives_twice_is_carried_out_once(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    add = replace(context, command="add-1")
    once = await claim_lines.add_session(add, ids["A"], now=now)
    gone = await claim_lines.remove_session(replace(context, command="remove-1"), ids["A"], now=now)
    replayed = await claim_lines.add_session(add, ids["A"], now=now)
    assert claimed(once) != claimed(gone)
    assert replayed == gone


async def test_a_command_that_was_refused_can_be_tried_again(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    lower = replace(context, command="lower-1")
    with pytest.raises(NotInClaim):
        await claim_lines.set_minutes(lower, ids["A"], 30, now=now)
    await claim_lines.add_session(context, ids["A"], now=now)
    summary = await claim_lines.set_minutes(lower, ids["A"], 30, now=now)
    assert claimed(summary) == [(str(ids["A"]), 2, 2, False)]


async def test_one_attendees_command_is_not_anothers(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    other = replace(await sign_in_as("102", "Smith"), command="1")
    await claim_lines.add_session(replace(context, command="1"), ids["A"], now=now)
    assert len(claimed(await claim_lines.add_session(other, ids["A"], now=now))) == 1


@pytest.mark.parametrize("command", ["x" * 65, "\0", "a\nb"])
async def test_what_is_no_commands_id_is_refused(
    context: RequestContext, ids: dict[str, int], now: datetime, command: str
) -> None:
    with pytest.raises(InvalidCommand):
        await claim_lines.add_session(replace(context, command=command), ids["A"], now=now)


async def test_a_page_with_an_older_programme_cannot_claim_its_higher_credit(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    shorter = replace(FOLDER.sessions[0], credit={"category1": Amount(2)})
    await load_meeting(replace(FOLDER, sessions=(shorter, *FOLDER.sessions[1:])), now=now)
    summary = await claim_lines.add_session(context, ids["A"], now=now)
    assert claimed(summary) == [(str(ids["A"]), 2, 0, False)]
