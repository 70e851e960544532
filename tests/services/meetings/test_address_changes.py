"""Changes of e-mail addresses by a load: their time, the former address, and its notice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cme_reflex.domain.mail.delivery import MailKind
from cme_reflex.formats.meeting_folder.records import AttendeeRecord, MeetingFolder
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from tests.support.database.table_rows import fetch, fetch_one
from tests.support.mail import FOLDER_WITH_ADDRESSES, KIM
from tests.support.meetings import MEETING, attendee

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


def with_addresses(**emails: str) -> MeetingFolder:
    """The folder with other addresses of these badges, each with a b before it."""
    people = tuple(
        replace(each, email=emails.get(f"b{each.badge}", each.email))
        for each in FOLDER_WITH_ADDRESSES.attendees
    )
    return replace(FOLDER_WITH_ADDRESSES, attendees=people)


async def changes() -> dict[str, tuple[str, datetime]]:
    """The former address of each badge whose address was changed, and when."""
    rows = await fetch(select(AttendeeRow))
    return {row.badge: (row.former_email, row.email_changed_at) for row in rows
            if row.email_changed_at is not None}  # fmt: skip


async def notices() -> Sequence[str]:
    kind = MailQueueRow.kind == MailKind.ADDRESS_CHANGED
    return sorted(row.recipient for row in await fetch(select(MailQueueRow).where(kind)))


async def test_the_first_load_changes_no_address(now: datetime) -> None:
    assert (await changes(), await notices()) == ({}, [])


async def test_the_time_and_the_former_address_are_kept_and_each_address_is_told_once(
    now: datetime,
) -> None:
    new = with_addresses(b101="new@example.org", b102="a@example.org", b103="b@example.org")
    report = await load_meeting(new, now=now)
    shared = ("shared@example.org", now)
    assert await changes() == {"101": (KIM, now), "102": shared, "103": shared}
    assert await notices() == [KIM, "shared@example.org"]
    assert report.notified == 2
    # Changed again, the address in between is told as well.
    later = now + timedelta(days=1)
    await load_meeting(with_addresses(b101="newer@example.org"), now=later)
    assert (await changes())["101"] == ("new@example.org", later)
    assert "new@example.org" in await notices()


async def test_a_dry_run_changes_and_tells_nothing(now: datetime) -> None:
    report = await load_meeting(with_addresses(b101="new@example.org"), now=now, dry_run=True)
    assert report.notified == 1
    assert (await changes(), await notices()) == ({}, [])


async def test_an_address_in_other_case_is_the_same(now: datetime) -> None:
    await load_meeting(with_addresses(b101=KIM.upper()), now=now)
    assert (await changes(), await notices()) == ({}, [])
    assert (await fetch_one(select(AttendeeRow).where(AttendeeRow.badge == "101"))).email != KIM


async def test_a_first_address_is_fresh_and_nobody_is_told(now: datetime) -> None:
    await load_meeting(with_addresses(b104="new@example.org"), now=now)
    assert (await changes(), await notices()) == ({"104": ("", now)}, [])


def next_meeting(*people: AttendeeRecord) -> MeetingFolder:
    return replace(FOLDER_WITH_ADDRESSES, meeting=replace(MEETING, code="test25"), attendees=people)


@pytest.mark.parametrize("email", [KIM.lower(), "kim@example.org", ""])
async def test_a_members_next_registration_has_an_address_that_is_known(
    now: datetime, email: str
) -> None:
    await load_meeting(next_meeting(attendee("901", "Kim", member="kim", email=email)), now=now)
    assert (await changes(), await notices()) == ({}, [])


async def test_a_members_next_registration_with_a_strange_address_is_told_to_the_member(
    now: datetime,
) -> None:
    strange = attendee("901", "Kim", member="kim", email="strange@example.org")
    await load_meeting(next_meeting(strange), now=now)
    assert await changes() == {"901": ("kim@example.org", now)}
    assert await notices() == ["kim@example.org"]


async def test_a_registration_that_staff_link_to_a_member_is_strange_to_the_member(
    now: datetime,
) -> None:
    smith = next(each for each in FOLDER_WITH_ADDRESSES.attendees if each.badge == "102")
    linked = tuple(
        replace(each, member="kim") if each is smith else each
        for each in FOLDER_WITH_ADDRESSES.attendees
    )
    await load_meeting(replace(FOLDER_WITH_ADDRESSES, attendees=linked), now=now)
    assert await changes() == {"102": ("kim@example.org", now)}
    kim = await fetch_one(select(MemberRow).where(MemberRow.username == "kim"))
    assert (kim.former_email, kim.email_changed_at) == (smith.email, now)
    assert await notices() == ["kim@example.org", smith.email]
