"""Lists of registrations that change under claims: swaps, removals and returns."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.formats.meeting_folder.records import AttendeeRecord, MeetingFolder
from cme_reflex.services.claims.reminders import enqueue_reminders
from cme_reflex.services.meetings.export import export_meeting
from cme_reflex.services.meetings.loader import LoadNotConfirmed, LoadReport, load_meeting
from cme_reflex.services.meetings.people_changes import PassedOnNumber
from cme_reflex.services.meetings.row_changes import RowCounts
from cme_reflex.services.sign_in import authentication, credentials, registrations
from cme_reflex.services.sign_in.authentication import NotSignedIn
from cme_reflex.services.sign_in.registrations import NotRegistered
from cme_reflex.store.claims.tables import ClaimRow
from cme_reflex.store.database import write
from cme_reflex.store.people.tables import AttendeeRow
from tests.support.database.table_rows import add, fetch, fetch_one
from tests.support.meetings import FOLDER, MEETING, attendee

ANA = attendee("101", "Núñez", member=None, first_name="Ana")
BEN = attendee("102", "Smith", first_name="Ben")
EVE = attendee("103", "Smith", first_name="Eve")
OTHERS = tuple(attendee(f"{number}", f"Other{number}") for number in range(200, 230))

Change = Callable[..., Awaitable[LoadReport]]


def listing(*attendees: AttendeeRecord) -> MeetingFolder:
    return replace(FOLDER, attendees=attendees, members=())


async def claim_of(badge: str) -> None:
    found = await fetch_one(select(AttendeeRow.id).where(AttendeeRow.badge == badge))
    await add(ClaimRow(attendee_id=found))


async def claims() -> dict[str, tuple[str, str]]:
    """The badge and confirmation number of each with a claim, by last and first name."""
    query = select(AttendeeRow).join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
    return {
        f"{row.last_name}, {row.first_name}": (row.badge, row.confirmation)
        for row in await fetch(query)
    }


@pytest.fixture
async def change(database: Engine, now: datetime) -> Change:
    """Loads another list, of thirty others as well; at first one of Ana, Ben and Eve."""

    async def load(*attendees: AttendeeRecord, **options: bool) -> LoadReport:
        return await load_meeting(listing(*attendees, *OTHERS), now=now, **options)

    await load(ANA, BEN, EVE)
    return load


@pytest.mark.parametrize(
    ("mark", "values"),
    [("badge", ("102", "101")), ("confirmation", ("CONF102", "CONF101"))],
)
async def test_numbers_of_people_with_claims_are_exchanged_only_if_that_is_meant(
    change: Change, mark: str, values: tuple[str, str]
) -> None:
    await claim_of("101")
    swapped = [replace(one, **{mark: value}) for one, value in zip((ANA, BEN), values, strict=True)]
    told = (
        PassedOnNumber(mark, values[0], former="Ben Smith", to="Ana Núñez"),
        PassedOnNumber(mark, values[1], former="Ana Núñez", to="Ben Smith"),
    )
    before = await claims()
    with pytest.raises(LoadNotConfirmed) as refused:
        await change(*swapped, EVE)
    assert refused.value.report.passed_on == told
    assert await claims() == before
    plan = await change(*swapped, EVE, dry_run=True)
    assert (plan.needs_confirmation, plan.passed_on) == (True, told)
    done = await change(*swapped, EVE, confirmed=True)
    assert (done.attendees, done.passed_on) == (RowCounts(changed=2, unchanged=31), told)
    # The claim is still the person's who made it.
    own = {"badge": ANA.badge, "confirmation": ANA.confirmation, mark: values[0]}
    assert await claims() == {"Núñez, Ana": (own["badge"], own["confirmation"])}


async def test_names_of_people_with_claims_are_exchanged_only_if_that_is_meant(
    change: Change,
) -> None:
    await claim_of("102")
    swapped = (replace(BEN, first_name="Eve"), replace(EVE, first_name="Ben"))
    with pytest.raises(LoadNotConfirmed) as refused:
        await change(ANA, *swapped)
    assert {each.what for each in refused.value.report.passed_on} == {"name"}
    await change(ANA, *swapped, confirmed=True)
    assert await claims() == {"Smith, Eve": ("102", "CONF102")}


async def test_numbers_without_claims_are_exchanged_at_once(change: Change) -> None:
    report = await change(replace(ANA, badge="102"), replace(BEN, badge="101"), EVE)
    assert (report.attendees.changed, report.passed_on) == (2, ())


async def test_a_badge_that_goes_to_somebody_new_takes_nothing_along(
    change: Change, now: datetime
) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Núñez", "101", now=now)
    await claim_of("101")
    new = replace(attendee("101", "New"), confirmation="CONF900")
    with pytest.raises(LoadNotConfirmed):
        await change(new, BEN, EVE)
    report = await change(new, BEN, EVE, confirmed=True)
    assert report.passed_on == (PassedOnNumber("badge", "101", former="Ana Núñez", to="Kim New"),)
    assert report.removed == ("101",)
    with pytest.raises(NotSignedIn):
        await authentication.authenticate(MEETING.code, token, now=now)
    (row,) = await fetch(
        select(AttendeeRow).join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
    )
    assert (row.last_name, row.badge) == ("Núñez", f"101~{row.id}")
    assert await credentials.sign_in_with_badge(MEETING.code, "New", "101", now=now)


async def test_who_left_the_list_cannot_sign_in_until_listed_again(
    change: Change, now: datetime
) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Núñez", "101", now=now)
    await claim_of("101")
    assert (await enqueue_reminders(MEETING.code, now=now)).without_address == ("101",)
    report = await change(BEN, EVE)
    assert (await enqueue_reminders(MEETING.code, now=now)).without_address == ()
    assert (report.attendees, report.removed) == (RowCounts(unchanged=32, withdrawn=1), ("101",))
    with pytest.raises(NotSignedIn):
        await authentication.authenticate(MEETING.code, token, now=now)
    for number in ("101", "CONF101"):
        with pytest.raises(credentials.InvalidCredentials):
            await credentials.sign_in_with_badge(MEETING.code, "Núñez", number, now=now)
    assert await claims() == {"Núñez, Ana": ("101", "CONF101")}
    assert "101" not in {each.badge for each in (await export_meeting(MEETING.code)).attendees}
    assert (await change(BEN, EVE)).changed is False
    back = await change(ANA, BEN, EVE)
    assert back.attendees == RowCounts(changed=1, unchanged=32)
    assert await credentials.sign_in_with_badge(MEETING.code, "Núñez", "101", now=now)


async def test_a_pending_sign_in_of_who_left_the_list_is_not_completed(
    change: Change, now: datetime
) -> None:
    found = select(AttendeeRow).where(col(AttendeeRow.badge).in_(("102", "103")))
    rows = await fetch(found)
    choice = await _start(rows, now)
    await change(ANA, EVE)
    with pytest.raises(NotSignedIn):
        await registrations.choose_registration(choice, _id(rows, "102"), now=now)
    later = now + timedelta(minutes=1)
    choice = await _start(rows, later)
    with pytest.raises(NotRegistered):
        await registrations.choose_registration(choice, _id(rows, "102"), now=later)


async def test_removing_more_than_a_tenth_needs_a_confirmation(
    change: Change, now: datetime
) -> None:
    without_three = await change(*OTHERS[:0])
    assert len(without_three.removed) == 3  # of 33
    with pytest.raises(LoadNotConfirmed) as refused:
        await load_meeting(listing(*OTHERS[:26]), now=now)  # 4 of 30
    assert refused.value.report.removes_many
    assert len((await load_meeting(listing(*OTHERS[:26]), now=now, confirmed=True)).removed) == 4


async def _start(rows: list[AttendeeRow], now: datetime) -> str:
    result = await write(
        lambda db: registrations.start_sign_in(db, rows, SignInMethod.NUMBER, now=now)
    )
    return result.token


def _id(rows: list[AttendeeRow], badge: str) -> int:
    (found,) = (row.id for row in rows if row.badge == badge)
    assert found is not None
    return found
