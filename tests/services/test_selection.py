from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cme_reflex.domain.claim import CreditLimitExceeded, Totals
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.programme import NotEligible, NotYetEnded, PresentedByAttendee
from cme_reflex.domain.submission import (
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    InvalidCommand,
    NotInClaim,
)
from cme_reflex.services import claim, selection, submission
from cme_reflex.services.claim import Standing
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.visit import Visit
from tests.meetings import FOLDER, MEETING, with_terms
from tests.services.conftest import SignIn


def claimed(standing: Standing) -> list[tuple[str, int, int, bool]]:
    """The lines as (id, quarters, safety, on demand)."""
    return [
        (str(line.session_id), line.quarters, line.safety, line.on_demand)
        for line in standing.claim.lines
    ]


async def test_an_added_session_claims_its_full_credit(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    standing = await selection.add_session(visit, ids["A"], now=now)
    assert claimed(standing) == [(str(ids["A"]), 6, 4, False)]
    assert await claim.standing(visit) == standing
    assert (standing.claimable.category1, standing.claimable.safety) == (6, 4)


async def test_lines_stand_in_the_order_of_the_programme(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    for code in ("B", "D", "A"):
        standing = await selection.add_session(visit, ids[code], now=now)
    in_order = [session.id for session in visit.programme.offered]
    added = [line.session_id for line in standing.claim.lines]
    assert added == [key for key in in_order if key in {ids["A"], ids["B"], ids["D"]}]


async def test_adding_twice_changes_nothing(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    once = await selection.add_session(visit, ids["A"], now=now)
    assert claimed(await selection.add_session(visit, ids["A"], now=now)) == claimed(once)


async def test_what_is_removed_comes_back_with_its_hours(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await selection.set_hours(visit, ids["A"], Quarters(3), now=now)
    gone = await selection.remove_session(visit, ids["A"], now=now)
    assert claimed(gone) == []
    assert claimed(await selection.remove_session(visit, ids["A"], now=now)) == []
    back = await selection.add_session(visit, ids["A"], now=now)
    assert claimed(back) == [(str(ids["A"]), 3, 3, False)]


async def test_patient_safety_follows_the_hours_until_it_is_lowered_by_hand(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)

    async def safety_at(quarters: int) -> int:
        standing = await selection.set_hours(visit, ids["A"], Quarters(quarters), now=now)
        return standing.claim.lines[0].safety

    assert [await safety_at(quarters) for quarters in (2, 6)] == [2, 4]
    await selection.set_safety(visit, ids["A"], Quarters(1), now=now)
    assert [await safety_at(quarters) for quarters in (2, 6)] == [1, 1]


@pytest.mark.parametrize("quarters", [-1, 0, 7])
async def test_more_than_the_session_or_nothing_cannot_be_claimed(
    visit: Visit, ids: dict[str, int], now: datetime, quarters: int
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    with pytest.raises(CreditLimitExceeded):
        await selection.set_hours(visit, ids["A"], Quarters(quarters), now=now)


async def test_a_lines_safety_is_at_most_its_hours(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await selection.set_hours(visit, ids["A"], Quarters(2), now=now)
    with pytest.raises(CreditLimitExceeded) as refused:
        await selection.set_safety(visit, ids["A"], Quarters(3), now=now)
    assert (refused.value.limit, refused.value.claimed) == (2, 3)


async def test_overlapping_live_sessions_conflict_until_one_was_watched_on_demand(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    both = await selection.add_session(visit, ids["C"], now=now)
    assert both.in_conflict == {ids["A"], ids["C"]}
    assert both.claimable.category1 == 10
    resolved = await selection.set_on_demand(visit, ids["A"], True, now=now)
    assert resolved.in_conflict == frozenset()
    assert resolved.claimable.category1 == 12


async def test_an_on_demand_session_is_always_on_demand(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    standing = await selection.add_session(visit, ids["D"], now=now)
    assert claimed(standing) == [(str(ids["D"]), 8, 0, True)]
    with pytest.raises(NotEligible):
        await selection.set_on_demand(visit, ids["D"], False, now=now)
    await selection.add_session(visit, ids["C"], now=now)
    with pytest.raises(NotEligible):
        await selection.set_on_demand(visit, ids["C"], True, now=now)


@pytest.mark.parametrize("wrong", [0, -1, 10**12, True, 1.0, "1", None, [1], {"id": 1}])
async def test_what_is_no_session_cannot_be_added(
    visit: Visit, now: datetime, wrong: object
) -> None:
    with pytest.raises(NotEligible):
        await selection.add_session(visit, wrong, now=now)
    assert claimed(await claim.standing(visit)) == []


async def test_a_committee_meeting_cannot_be_added(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(NotEligible):
        await selection.add_session(visit, ids["COM"], now=now)


async def test_faculty_cannot_claim_what_they_present(
    visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    with pytest.raises(PresentedByAttendee):
        await selection.add_session(await visit_as("102", "Smith"), ids["C"], now=now)


async def test_a_session_can_be_claimed_from_its_end(visit: Visit, ids: dict[str, int]) -> None:
    during = datetime(2024, 9, 26, 16, 0, tzinfo=UTC)
    with pytest.raises(NotYetEnded) as refused:
        await selection.add_session(visit, ids["A"], now=during)
    assert refused.value.claimable_from == datetime(2024, 9, 26, 16, 30, tzinfo=UTC)
    await selection.add_session(visit, ids["A"], now=refused.value.claimable_from)


async def test_a_recording_can_be_claimed_from_its_release(
    visit: Visit, ids: dict[str, int]
) -> None:
    before = datetime(2024, 10, 1, tzinfo=UTC)
    await selection.add_session(visit, ids["A"], now=before)
    with pytest.raises(NotYetEnded):
        await selection.set_on_demand(visit, ids["A"], True, now=before)


async def test_nothing_changes_outside_the_claim_period(visit: Visit, ids: dict[str, int]) -> None:
    with pytest.raises(ClaimPeriodNotOpen):
        await selection.add_session(visit, ids["D"], now=datetime(2024, 9, 26, 14, tzinfo=UTC))
    with pytest.raises(ClaimPeriodClosed):
        await selection.add_session(visit, ids["A"], now=MEETING.claim.closes_at)


async def test_a_session_that_was_not_added_has_no_hours(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    for change in (selection.set_hours, selection.set_safety):
        with pytest.raises(NotInClaim):
            await change(visit, ids["A"], Quarters(1), now=now)
    with pytest.raises(NotInClaim):
        await selection.set_on_demand(visit, ids["A"], True, now=now)


async def test_one_attendees_claim_is_not_anothers(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    assert claimed(await claim.standing(await visit_as("102", "Smith"))) == []


async def test_a_chosen_total_above_what_is_left_is_cleared_and_told(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    await selection.add_session(visit, ids["A"], now=now)
    await selection.add_session(visit, ids["B"], now=now)
    chosen = await submission.choose_category1(visit, Quarters(14), now=now)
    assert (chosen.claim.totals.category1, chosen.cleared) == (14, False)
    left = await selection.remove_session(visit, ids["B"], now=now)
    assert (left.claim.totals, left.cleared) == (Totals(None, None), True)
    assert (await claim.standing(visit)).claim.totals == Totals(None, None)


async def test_the_registration_type_limits_the_claim(
    visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    one_day = await visit_as("103", "Smith")
    await selection.add_session(one_day, ids["A"], now=now)
    standing = await selection.add_session(one_day, ids["B"], now=now)
    assert standing.claimable.category1 == 6


async def test_a_withdrawn_session_cannot_be_added_by_a_page_that_still_shows_it(
    visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await load_meeting(replace(FOLDER, sessions=FOLDER.sessions[1:]), now=now)
    with pytest.raises(NotEligible):
        await selection.add_session(await visit_as(), ids["A"], now=now)


async def test_other_terms_reach_the_next_visit(visit_as: SignIn, now: datetime) -> None:
    await load_meeting(replace(FOLDER, meeting=with_terms(note="Other terms.")), now=now)
    assert (await visit_as()).meeting.claim.note == "Other terms."


async def test_a_command_that_arrives_twice_is_carried_out_once(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    add = replace(visit, command="add-1")
    once = await selection.add_session(add, ids["A"], now=now)
    gone = await selection.remove_session(replace(visit, command="remove-1"), ids["A"], now=now)
    replayed = await selection.add_session(add, ids["A"], now=now)
    assert claimed(once) != claimed(gone)
    assert replayed == gone


async def test_a_command_that_was_refused_can_be_tried_again(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    lower = replace(visit, command="lower-1")
    with pytest.raises(NotInClaim):
        await selection.set_hours(lower, ids["A"], Quarters(2), now=now)
    await selection.add_session(visit, ids["A"], now=now)
    standing = await selection.set_hours(lower, ids["A"], Quarters(2), now=now)
    assert claimed(standing) == [(str(ids["A"]), 2, 2, False)]


async def test_one_attendees_command_is_not_anothers(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    other = replace(await visit_as("102", "Smith"), command="1")
    await selection.add_session(replace(visit, command="1"), ids["A"], now=now)
    assert len(claimed(await selection.add_session(other, ids["A"], now=now))) == 1


@pytest.mark.parametrize("command", ["x" * 65, "\0", "a\nb"])
async def test_what_is_no_commands_id_is_refused(
    visit: Visit, ids: dict[str, int], now: datetime, command: str
) -> None:
    with pytest.raises(InvalidCommand):
        await selection.add_session(replace(visit, command=command), ids["A"], now=now)


async def test_a_page_with_an_older_programme_cannot_claim_its_higher_credit(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    shorter = replace(FOLDER.sessions[0], quarters=Quarters(2), safety=Quarters(0))
    await load_meeting(replace(FOLDER, sessions=(shorter, *FOLDER.sessions[1:])), now=now)
    standing = await selection.add_session(visit, ids["A"], now=now)
    assert claimed(standing) == [(str(ids["A"]), 2, 0, False)]
