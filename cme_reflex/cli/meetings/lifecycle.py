"""`cme meeting list`, `close`, `reopen` and `archive`."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from cme_reflex import text
from cme_reflex.cli.deadline import parse_deadline
from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit
from cme_reflex.cli.plurals import ATTENDEES
from cme_reflex.cli.runner import actor, chosen_meeting, run
from cme_reflex.domain.claims.claim import ClaimPeriodNotOpen
from cme_reflex.domain.meetings.meeting_status import MeetingStatus
from cme_reflex.services.clock import clock
from cme_reflex.services.meetings import lifecycle
from cme_reflex.services.meetings.lifecycle import MeetingSummary, ReopenUntilPast


def list_meetings(*, as_json: bool) -> None:
    """Print all meetings."""
    meetings = run(lifecycle.list_meetings(now=clock()))
    lines = [line for each in meetings for line in _lines(each)]
    emit(lines or ["No meeting is loaded."], meetings, as_json=as_json)


def close(code: str, *, as_json: bool) -> None:
    """Close the meeting. Raises CliError before its claim period."""
    chosen = chosen_meeting(code)
    try:
        closed = run(lifecycle.close_meeting(chosen.code, actor=actor(), now=clock()))
    except ClaimPeriodNotOpen as not_open:
        opens_at = text.dates.instant(not_open.opens_at, chosen.zone)
        raise CliError(
            f"The claim period of {chosen.code} opens at {opens_at}; nothing was changed. "
            "To postpone it, export the meeting and load it with other dates."
        ) from None
    emit(_lines(closed), closed, as_json=as_json)


def reopen(code: str, *, until: str, as_json: bool) -> None:
    """Reopen the meeting. Raises CliError for a time that is over."""
    chosen = chosen_meeting(code)
    deadline = parse_deadline(until, chosen.zone)
    try:
        opened = run(
            lifecycle.reopen_meeting(chosen.code, until=deadline, actor=actor(), now=clock())
        )
    except ReopenUntilPast:
        raise CliError(
            f"--until {until} is over, or before the claim period; nothing was changed."
        ) from None
    emit(_lines(opened), opened, as_json=as_json)


def archive(code: str, *, as_json: bool) -> None:
    """Archive the meeting."""
    chosen = chosen_meeting(code)
    archived = run(lifecycle.archive_meeting(chosen.code, actor=actor(), now=clock()))
    emit(_lines(archived), archived, as_json=as_json)


def _lines(meeting: MeetingSummary) -> Iterator[str]:
    yield f"{meeting.code}: {_status(meeting)} (version {meeting.version})"
    yield f"  {meeting.name}: {ATTENDEES(meeting.attendees)}, {meeting.submitted} submitted"


def _status(meeting: MeetingSummary) -> str:
    zone = ZoneInfo(meeting.time_zone)
    opens, closes = (
        text.dates.instant(each, zone) for each in (meeting.opens_at, meeting.closes_at)
    )
    return {
        MeetingStatus.NOT_OPEN: f"claims open {opens}",
        MeetingStatus.OPEN: f"open until {closes}",
        MeetingStatus.CLOSED: f"closed {closes}",
        MeetingStatus.ARCHIVED: "archived",
    }[meeting.status]
