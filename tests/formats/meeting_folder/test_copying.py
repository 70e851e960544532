"""A copy of a meeting on other days: times on its clocks stay, people and claims stay behind."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.copying import copy_folder
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.writer import folder_files
from cme_reflex.settings import ROOT


@pytest.fixture(params=["pstm24", "spine30"])
def original(request: pytest.FixtureRequest) -> MeetingFolder:
    return read_meeting_folder(ROOT / "meetings" / request.param)


def clocks(folder: MeetingFolder) -> list[tuple[object, ...]]:
    """Each session's times on the meeting's clocks, in days from its first."""
    zone, first = folder.meeting.zone, folder.meeting.starts_on
    times = (
        (each.code, *(t and t.astimezone(zone) for t in (each.starts_at, each.on_demand_from)))
        for each in folder.sessions
    )
    return [(code, *(t and (t.date() - first, t.time()) for t in clock)) for code, *clock in times]


# Into the other half of the year, over clock changes, and over a leap day.
@pytest.mark.parametrize("starts_on", [date(2025, 3, 27), date(2025, 10, 9), date(2028, 2, 27)])
def test_times_are_the_same_on_the_meetings_clocks(
    original: MeetingFolder, starts_on: date
) -> None:
    copy = copy_folder(original, "next", starts_on)
    days = starts_on - original.meeting.starts_on
    assert clocks(copy) == clocks(original)
    assert (copy.meeting.starts_on, copy.meeting.ends_on) == (
        starts_on,
        original.meeting.ends_on + days,
    )
    zone = original.meeting.zone
    for name in ("opens_at", "closes_at", "on_demand_from"):
        before, after = (
            getattr(each.meeting.claim, name).astimezone(zone).replace(tzinfo=None)
            for each in (original, copy)
        )
        assert after - before == days


def test_a_copy_has_the_programme_and_no_people(original: MeetingFolder, tmp_path: Path) -> None:
    copy = copy_folder(original, "next", original.meeting.starts_on + timedelta(days=364))
    meeting = copy.meeting
    assert (copy.attendees, copy.members, copy.based_on_version) == ((), (), None)
    assert (meeting.code, meeting.reporting.pars_activity_id) == ("next", "")
    assert [(each.title, each.credit, each.speakers) for each in copy.sessions] == [
        (each.title, each.credit, each.speakers) for each in original.sessions
    ]
    assert not any(each.identifiers or each.faculty_badges for each in copy.sessions)
    assert (meeting.session_form, meeting.overall_form, meeting.signatures, meeting.logo) == (
        original.meeting.session_form,
        original.meeting.overall_form,
        original.meeting.signatures,
        original.meeting.logo,
    )
    out = tmp_path / "next"
    out.mkdir()
    for name, content in folder_files(copy).items():
        (out / name).write_bytes(content)
    assert replace(read_meeting_folder(out), sessions=copy.sessions) == copy
    shutil.rmtree(out)


def test_a_time_that_the_clocks_skip_becomes_the_next_one(original: MeetingFolder) -> None:
    first = original.sessions[0]
    starts_at = first.starts_at.astimezone(original.meeting.zone).replace(hour=2, minute=30)
    early = replace(first, starts_at=starts_at, ends_at=starts_at, delivery=Delivery.LIVE)
    days = starts_at.date() - original.meeting.starts_on
    spring = date(2025, 3, 9)  # when the clocks of both zones go from 2 to 3
    copy = copy_folder(replace(original, sessions=(early,)), "next", spring - days)
    moved = copy.sessions[0].starts_at.astimezone(original.meeting.zone)
    assert (moved.date(), f"{moved:%H:%M}") == (spring, "03:30")
