"""Check of a meeting folder: faults, warnings and figures."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cme_reflex.domain.meetings.color_contrast import WHITE, contrast_ratio
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import Programme, Session
from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.checks.printing_check import printing_warnings
from cme_reflex.formats.meeting_folder.checks.programme_check import programme_warnings
from cme_reflex.formats.meeting_folder.credit.figures import CreditFigures, credit_figures
from cme_reflex.formats.meeting_folder.credit.old_folders import old_place
from cme_reflex.formats.meeting_folder.credit.warnings import credit_warnings
from cme_reflex.formats.meeting_folder.folder import inspect_folder
from cme_reflex.formats.meeting_folder.keys import key_path
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.sessions_csv import PLACEHOLDER
from cme_reflex.formats.meeting_folder.toml_problems import toml_warning
from cme_reflex.formats.tables.amounts import format_units

MIN_CONTRAST = 7.0  # enhanced contrast of WCAG, for which the screens are designed
DARK_SURFACE = "#151e1e"  # background of text in dark mode, as in assets/tokens.css


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTypeFigures:
    """Figures of one credit type, in units such as ``"60.75"`` hours.

    `all_sessions` is the credit of all eligible sessions; of the first primary type, ACCME calls it
    hours of instruction. `most_for_one` is the most that one person could claim.
    """

    code: str
    label: str
    all_sessions: str
    most_for_one: str
    maximum: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFigures:
    """Figures of a meeting folder; those of credit by type, a primary one before its subsets."""

    sessions: int
    sessions_with_credit: int
    attendees: int
    members: int
    credit: tuple[CreditTypeFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderCheck:
    """Result of a check; without figures if there are faults."""

    meeting: str | None
    problems: tuple[InputProblem, ...]
    figures: FolderFigures | None

    @property
    def faults(self) -> int:
        """The number of problems that prevent loading the folder."""
        return sum(problem.severity is Severity.FAULT for problem in self.problems)


def check_folder(path: Path) -> FolderCheck:
    """Check the folder for every fault and warning of all its files."""
    folder, problems = inspect_folder(path)
    if folder is None:
        return FolderCheck(meeting=None, problems=problems, figures=None)
    programme = _programme(folder)
    credit = credit_figures(programme)
    warnings = (*_warnings(path, folder, programme), *credit_warnings(folder, credit))
    warnings = (*warnings, *programme_warnings(folder.sessions), *printing_warnings(folder))
    return FolderCheck(
        meeting=folder.meeting.code,
        problems=(*(old_place(each, folder.places) for each in warnings), *problems),
        figures=FolderFigures(
            sessions=len(folder.sessions),
            sessions_with_credit=len(programme.eligible_sessions),
            attendees=len(folder.attendees),
            members=len(folder.members),
            credit=tuple(map(_shown, credit)),
        ),
    )


def _shown(figures: CreditFigures) -> CreditTypeFigures:
    credit_type = figures.credit_type
    maximum = credit_type.maximum
    return CreditTypeFigures(
        code=credit_type.code,
        label=credit_type.label,
        all_sessions=format_units(credit_type, figures.all_sessions),
        most_for_one=format_units(credit_type, figures.most_for_one),
        maximum=None if maximum is None else format_units(credit_type, maximum),
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


def _warnings(path: Path, folder: MeetingFolder, programme: Programme) -> Iterator[InputProblem]:
    meeting = folder.meeting
    yield from _placeholder_warnings(meeting, ())
    if path.resolve().name != meeting.code:
        fault = f"The folder is called {path.resolve().name!r} and the meeting {meeting.code!r}."
        yield toml_warning("code", fault, "Commands name both: give them the same name.")
    yield from _contrast_warnings(meeting)
    if not programme.eligible_sessions:
        yield _file_warning("sessions.csv", "No session gives credit.", "Add sessions that do.")
    if not folder.attendees:
        yield _file_warning(
            "attendees.csv", "There are no attendees.", "Add them, or nobody can sign in."
        )


def _placeholder_warnings(value: Any, path: tuple[str | int, ...]) -> Iterator[InputProblem]:
    """A warning for each placeholder of the template that has not been replaced."""
    if isinstance(value, str) and value.startswith(PLACEHOLDER):
        yield toml_warning(key_path(path), "This is still the template's text.", "Write your own.")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _placeholder_warnings(item, (*path, number))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _placeholder_warnings(getattr(value, field.name), (*path, field.name))


def _contrast_warnings(meeting: Meeting) -> Iterator[InputProblem]:
    look = meeting.look
    for key, color, background, other in (
        ("accent", look.accent, WHITE, "a darker"),
        ("accent_dark", look.accent_dark, DARK_SURFACE, "a lighter"),
    ):
        ratio = contrast_ratio(color, background)
        if ratio < MIN_CONTRAST:
            fault = (
                f"{color} has a contrast of {_round_down(ratio)}:1 on {background}, less than 7:1."
            )
            yield toml_warning(f"look.{key}", fault, f"Choose {other} color: it is used for text.")


def _round_down(ratio: float) -> str:
    """The ratio with one decimal, rounded down: 6.97 is not 7.0."""
    return f"{int(ratio * 10) / 10}"


def _file_warning(file: str, fault: str, remedy: str) -> InputProblem:
    return InputProblem(file, None, None, fault, remedy, severity=Severity.WARNING)
