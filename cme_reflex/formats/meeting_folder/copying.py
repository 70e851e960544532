"""Copy of a meeting for another year: the same programme, forms, terms and texts on other days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.meeting_folder.records import MeetingFolder


def copy_folder(folder: MeetingFolder, code: str, starts_on: date) -> MeetingFolder:
    """The meeting with this code, from this day on, without people.

    Every time moves by whole days and stays the same on the meeting's clocks, also where these
    change in between. What belongs to one activity is left out: the ID for PARS, the sessions'
    identifiers, and the badges of presenters. Raises OverflowError after the year 9999.
    """
    meeting, zone = folder.meeting, folder.meeting.zone
    days = starts_on - meeting.starts_on
    sessions = (
        replace(
            session,
            starts_at=_moved(session.starts_at, days, zone),
            ends_at=_moved(session.ends_at, days, zone),
            on_demand_from=session.on_demand_from and _moved(session.on_demand_from, days, zone),
            identifiers={},
            faculty_badges=frozenset(),
        )
        for session in folder.sessions
    )
    return MeetingFolder(
        meeting=_moved_meeting(replace(meeting, code=code), days),
        sessions=tuple(sessions),
        attendees=(),
        members=(),
        images=folder.images,
    )


def _moved_meeting(meeting: Meeting, days: timedelta) -> Meeting:
    zone, claim = meeting.zone, meeting.claim
    return replace(
        meeting,
        starts_on=meeting.starts_on + days,
        ends_on=meeting.ends_on + days,
        additional_days=tuple(day + days for day in meeting.additional_days),
        claim=replace(
            claim,
            opens_at=_moved(claim.opens_at, days, zone),
            closes_at=_moved(claim.closes_at, days, zone),
            on_demand_from=claim.on_demand_from and _moved(claim.on_demand_from, days, zone),
        ),
        credit_types=tuple(
            replace(
                each,
                opens_at=each.opens_at and _moved(each.opens_at, days, zone),
                closes_at=each.closes_at and _moved(each.closes_at, days, zone),
            )
            for each in meeting.credit_types
        ),
        reporting=replace(meeting.reporting, pars_activity_id=""),
    )


def _moved(instant: datetime, days: timedelta, zone: ZoneInfo) -> datetime:
    """The same time on the zone's clocks some days later; the next one if they skip it."""
    return (instant.astimezone(zone) + days).astimezone(UTC)
