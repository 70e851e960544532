"""Reading of a whole meeting folder, with all faults of all files."""

from pathlib import Path
from zoneinfo import ZoneInfo

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.names import number_key
from cme_reflex.formats.input_problems import InputProblem, InvalidInput, Severity
from cme_reflex.formats.meeting_folder import attendees_csv, members_csv, sessions_csv
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.logo import check_logos
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from cme_reflex.formats.meeting_folder.records import (
    AttendeeRecord,
    MeetingFolder,
    MemberRecord,
    SessionRecord,
)
from cme_reflex.formats.tables.csv_table import InputTable, try_read_table

__all__ = ["InputProblem", "InvalidInput", "MeetingFolder", "read_meeting_folder"]


def read_meeting_folder(path: Path) -> MeetingFolder:
    """Read the folder. Raises InvalidInput with every fault of all its files."""
    folder, problems = inspect_folder(path)
    if folder is None:
        raise InvalidInput(problem for problem in problems if problem.severity is Severity.FAULT)
    return folder


def inspect_folder(path: Path) -> tuple[MeetingFolder | None, tuple[InputProblem, ...]]:
    """Read the folder; return it (None if it has faults), and its faults and warnings."""
    meeting, problems = _meeting(path / MEETING_TOML)
    sessions = try_read_table(path / "sessions.csv", sessions_csv.read_sessions)
    attendees = try_read_table(path / "attendees.csv", attendees_csv.read_attendees)
    members = try_read_table(path / "members.csv", members_csv.read_members)
    folder = (
        _sessions(sessions, meeting, attendees),
        _attendees(attendees, meeting, members),
        tuple(members_csv.parse_member(row) for row in members.rows),
    )
    problems += [problem for table in (sessions, attendees, members) for problem in table.problems]
    problems += check_logos(path)
    if meeting is None or any(problem.severity is Severity.FAULT for problem in problems):
        return None, tuple(problems)
    return _folder(meeting, *folder), tuple(problems)


def _folder(
    meeting: Meeting,
    sessions: tuple[SessionRecord, ...],
    attendees: tuple[AttendeeRecord, ...],
    members: tuple[MemberRecord, ...],
) -> MeetingFolder:
    return MeetingFolder(meeting=meeting, sessions=sessions, attendees=attendees, members=members)


def _meeting(file: Path) -> tuple[Meeting | None, list[InputProblem]]:
    try:
        return read_meeting(file), []
    except InvalidInput as invalid:
        return None, list(invalid.problems)


def _sessions(
    table: InputTable, meeting: Meeting | None, attendees: InputTable
) -> tuple[SessionRecord, ...]:
    # Without a readable meeting the rows are still checked, in a zone without clock changes.
    zone = meeting.zone if meeting else ZoneInfo("UTC")
    release = meeting.claim.on_demand_from if meeting else None
    if attendees.readable:
        _check_badges(table, {number_key(row.text("badge")) for row in attendees.rows})
    parsed = (sessions_csv.parse_session(row, zone, release) for row in table.rows)
    return tuple(session for session in parsed if session is not None)


def _check_badges(table: InputTable, badges: set[str]) -> None:
    for row in table.rows:
        for badge in row.parts("faculty_badges"):
            if number_key(badge) not in badges:
                fault = f"attendees.csv has no badge {badge!r}."
                row.add_fault("faculty_badges", fault, "Correct it, or add the attendee there.")


def _attendees(
    table: InputTable, meeting: Meeting | None, members: InputTable
) -> tuple[AttendeeRecord, ...]:
    types = frozenset(kind.code for kind in meeting.registration_types) if meeting else None
    usernames = {row.text("username").casefold() for row in members.rows}
    parsed = (
        attendees_csv.parse_attendee(row, types, usernames if members.readable else None)
        for row in table.rows
    )
    return tuple(attendee for attendee in parsed if attendee is not None)
