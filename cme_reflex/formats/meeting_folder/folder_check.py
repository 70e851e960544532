"""What a meeting's folder amounts to, and what in it may be meant and should be looked at."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cme_reflex.domain.credit.quarters import Quarters, format_hours
from cme_reflex.domain.meetings.color_contrast import WHITE, contrast_ratio
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import Programme, Session
from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.folder import inspect_folder
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML, key_path
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.sessions_csv import PLACEHOLDER
from cme_reflex.formats.pdf.fonts import unprintable_warnings

MIN_CONTRAST = 7.0  # WCAG's enhanced contrast, which the screens are designed for
DARK_SURFACE = "#151e1e"  # what text lies on at night, as assets/tokens.css has it


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFigures:
    """What the folder amounts to. Credit is in hours, such as 60.75.

    `hours_of_instruction` is what ACCME asks for, the sum of all that is
    offered; `most_for_one` what one person could claim of it.
    """

    sessions: int
    sessions_with_credit: int
    attendees: int
    members: int
    hours_of_instruction: str
    most_for_one: str
    category1_maximum: str
    safety_hours: str
    safety_maximum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderCheck:
    """What a check found; without figures where there are faults."""

    meeting: str | None
    problems: tuple[InputProblem, ...]
    figures: FolderFigures | None

    @property
    def faults(self) -> int:
        """How many of the problems keep the folder from being loaded."""
        return sum(problem.severity is Severity.FAULT for problem in self.problems)


def check_folder(path: Path) -> FolderCheck:
    """Look through the folder: every fault and every warning of all its files."""
    folder, problems = inspect_folder(path)
    if folder is None:
        return FolderCheck(meeting=None, problems=problems, figures=None)
    programme = _programme(folder)
    return FolderCheck(
        meeting=folder.meeting.code,
        problems=(*_warnings(path, folder, programme), *unprintable_warnings(folder), *problems),
        figures=FolderFigures(
            sessions=len(folder.sessions),
            sessions_with_credit=len(programme.eligible_sessions),
            attendees=len(folder.attendees),
            members=len(folder.members),
            hours_of_instruction=format_hours(programme.hours_of_instruction),
            most_for_one=format_hours(programme.most_for_one),
            category1_maximum=format_hours(folder.meeting.category1.maximum),
            safety_hours=format_hours(_safety(programme)),
            safety_maximum=format_hours(folder.meeting.safety.maximum),
        ),
    )


def _programme(folder: MeetingFolder) -> Programme:
    sessions = {
        number: Session(
            id=number,
            **{field.name: getattr(record, field.name) for field in dataclasses.fields(record)},
        )
        for number, record in enumerate(folder.sessions)
    }
    return Programme(meeting_id=0, version=0, meeting=folder.meeting, sessions=sessions)


def _safety(programme: Programme) -> Quarters:
    return Quarters(sum(session.safety for session in programme.eligible_sessions))


def _warnings(path: Path, folder: MeetingFolder, programme: Programme) -> Iterator[InputProblem]:
    meeting = folder.meeting
    yield from _placeholder_warnings(meeting, ())
    if path.resolve().name != meeting.code:
        fault = f"The folder is called {path.resolve().name!r} and the meeting {meeting.code!r}."
        yield _warning("code", fault, "CME_MEETING names both: give them one name.")
    yield from _contrast_warnings(meeting)
    for place, most, maximum in (
        ("category1", programme.most_for_one, meeting.category1.maximum),
        ("safety", _safety(programme), meeting.safety.maximum),
    ):
        if maximum > most:
            fault = (
                f"The most that the programme can yield is {format_hours(most)}, less than this."
            )
            remedy = "Check it, and the hours in sessions.csv."
            yield _warning(f"credit.{place}.maximum_hours", fault, remedy)
    if not programme.eligible_sessions:
        yield _file_warning("sessions.csv", "No session gives credit.", "Add those that do.")
    if not folder.attendees:
        yield _file_warning(
            "attendees.csv", "There is no attendee.", "Add them; nobody else can sign in."
        )


def _placeholder_warnings(value: Any, place: tuple[str | int, ...]) -> Iterator[InputProblem]:
    """A warning for each text of the template that nobody has replaced."""
    if isinstance(value, str) and value.startswith(PLACEHOLDER):
        yield _warning(key_path(place), "This is still the template's text.", "Write your own.")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _placeholder_warnings(item, (*place, number))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _placeholder_warnings(getattr(value, field.name), (*place, field.name))


def _contrast_warnings(meeting: Meeting) -> Iterator[InputProblem]:
    look = meeting.look
    for key, color, ground, other in (
        ("accent", look.accent, WHITE, "a darker"),
        ("accent_dark", look.accent_dark, DARK_SURFACE, "a lighter"),
    ):
        ratio = contrast_ratio(color, ground)
        if ratio < MIN_CONTRAST:
            fault = f"{color} has a contrast of {_round_down(ratio)}:1 on {ground}, less than 7:1."
            yield _warning(f"look.{key}", fault, f"Choose {other} color: text is written in it.")


def _round_down(ratio: float) -> str:
    """The ratio with one decimal, rounded down: 6.97 is not 7.0."""
    return f"{int(ratio * 10) / 10}"


def _warning(place: str, fault: str, remedy: str) -> InputProblem:
    return InputProblem(MEETING_TOML, None, place, fault, remedy, severity=Severity.WARNING)


def _file_warning(file: str, fault: str, remedy: str) -> InputProblem:
    return InputProblem(file, None, None, fault, remedy, severity=Severity.WARNING)
