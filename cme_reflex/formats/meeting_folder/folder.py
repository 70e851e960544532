"""Reading of a whole meeting folder, with all faults of all files."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.names import number_key
from cme_reflex.formats.input_problems import InputProblem, InvalidInput, Severity
from cme_reflex.formats.meeting_folder import attendees_csv, members_csv, sessions_csv
from cme_reflex.formats.meeting_folder.credit.old_folders import Places
from cme_reflex.formats.meeting_folder.images.logo import check_logos, with_logos
from cme_reflex.formats.meeting_folder.images.signatures import with_signatures
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.meeting_toml import Settings, read_settings
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
    settings = read_settings(path / MEETING_TOML)
    meeting, problems = settings.meeting, list(settings.problems)
    read_sessions = partial(sessions_csv.read_sessions, types=settings.credit_types)
    sessions = try_read_table(path / "sessions.csv", read_sessions)
    attendees = try_read_table(path / "attendees.csv", attendees_csv.read_attendee_rows)
    members = try_read_table(path / "members.csv", members_csv.read_members)
    folder = (
        _sessions(sessions, settings, attendees),
        _attendees(attendees, settings, members),
        tuple(members_csv.parse_member(row) for row in members.rows),
    )
    problems += [problem for table in (sessions, attendees, members) for problem in table.problems]
    images: Mapping[str, bytes] = {}
    if meeting is not None:
        meeting, signatures = with_signatures(path, meeting, problems)
        meeting, logos = with_logos(path, meeting, problems)
        images = {**signatures, **logos}
    else:
        problems += check_logos(path)
    if meeting is None or any(problem.severity is Severity.FAULT for problem in problems):
        return None, tuple(problems)
    records = _folder(meeting, *folder, settings.places)
    records = replace(records, images=images, based_on_version=settings.based_on_version)
    return records, tuple(problems)


def _folder(
    meeting: Meeting,
    sessions: tuple[SessionRecord, ...],
    attendees: tuple[AttendeeRecord, ...],
    members: tuple[MemberRecord, ...],
    places: Places,
) -> MeetingFolder:
    return MeetingFolder(
        meeting=meeting, sessions=sessions, attendees=attendees, members=members, places=places
    )


def _sessions(
    table: InputTable, settings: Settings, attendees: InputTable
) -> tuple[SessionRecord, ...]:
    if attendees.readable:
        _check_badges(table, {number_key(row.text("badge")) for row in attendees.rows})
    parsed = (
        sessions_csv.parse_session(row, settings.credit_types, settings.meeting)
        for row in table.rows
    )
    return tuple(session for session in parsed if session is not None)


def _check_badges(table: InputTable, badges: set[str]) -> None:
    for row in table.rows:
        for badge in row.parts("faculty_badges"):
            if number_key(badge) not in badges:
                fault = f"attendees.csv has no badge {badge!r}."
                row.add_fault("faculty_badges", fault, "Correct it, or add the attendee there.")


def _attendees(
    table: InputTable, settings: Settings, members: InputTable
) -> tuple[AttendeeRecord, ...]:
    meeting, professions = settings.meeting, settings.professions
    known_professions = None if professions is None else {each.code for each in professions}
    types = {kind.code for kind in meeting.registration_types} if meeting else None
    usernames = {row.text("username").casefold() for row in members.rows}
    return tuple(
        attendees_csv.parse_attendee(
            row, known_professions, types, usernames if members.readable else None
        )
        for row in table.rows
    )
