"""`cme meeting new` and `cme meeting check`: creation and validation of meeting folders."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import typer

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import require_folder
from cme_reflex.cli.meetings.provider_check import provider_problems
from cme_reflex.cli.output import emit, progress
from cme_reflex.cli.plurals import FAULTS, WARNINGS
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.formats.input_problems import Severity
from cme_reflex.formats.meeting_folder import template
from cme_reflex.formats.meeting_folder.checks import folder_check
from cme_reflex.formats.meeting_folder.checks.folder_check import FolderCheck, FolderFigures
from cme_reflex.formats.meeting_folder.copying import copy_folder
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from cme_reflex.formats.meeting_folder.template import InvalidMeetingCode
from cme_reflex.formats.meeting_folder.writer import folder_files
from cme_reflex.services.meetings.export import export_meeting
from cme_reflex.settings import settings


@dataclass(frozen=True, slots=True)
class NewFolder:
    """A new meeting folder."""

    meeting: str
    folder: Path
    files: tuple[str, ...]


def new(
    code: str, copy_of: str | None, starts_on: str | None, into: Path | None, *, as_json: bool
) -> None:
    """Create the folder. Raises CliError if it exists or cannot be created."""
    folder = (into or settings().meetings) / code
    try:
        contents = (
            template.contents(code)
            if copy_of is None and starts_on is None
            else _copy(code, copy_of, starts_on)
        )
        files = template.write_new_folder(folder, code, contents)
    except InvalidMeetingCode:
        raise CliError(
            f"{json.dumps(code, ensure_ascii=False)} is not a valid meeting code. "
            "Use lower-case letters, digits and hyphens, such as pstm25."
        ) from None
    except FileExistsError:
        raise CliError(
            f"{folder} already exists; nothing was changed. Choose another code."
        ) from None
    except OSError as error:
        raise CliError(f"{folder} cannot be written: {error.strerror}.") from None
    described = "a meeting to fill in" if copy_of is None else f"a copy of {copy_of}"
    lines = [f"{folder}: {described}.", *(f"  {file}" for file in files)]
    lines.append(f"See what is missing with: cme meeting check {folder}")
    emit(lines, NewFolder(code, folder, files), as_json=as_json)


def _copy(code: str, copy_of: str | None, starts_on: str | None) -> dict[str, bytes]:
    """The files of a copy. Raises CliError, MeetingNotFound and InvalidMeetingCode."""
    if copy_of is None or starts_on is None:
        raise CliError(
            "A copy needs both: --from CODE, the meeting, and --starts-on DATE, its first day."
        )
    template.require_code(code)
    original = run(export_meeting(chosen_meeting(copy_of).code))
    try:
        return folder_files(copy_folder(original, code, date.fromisoformat(starts_on)))
    except (ValueError, OverflowError):
        raise CliError(
            f"--starts-on {starts_on} is not a valid date. Write it as 2026-10-08."
        ) from None


def check(folder: Path, *, as_json: bool) -> None:
    """Print all problems of the folder; exit with 1 for a fault. Raises CliError."""
    require_folder(folder)
    with progress("Checking"):
        result = folder_check.check_folder(folder)
        if not result.faults:
            problems = provider_problems(read_meeting(folder / MEETING_TOML).single_sign_on)
            result = replace(result, problems=(*problems, *result.problems))
    emit(_lines(result), result, as_json=as_json)
    if result.faults:
        raise typer.Exit(1)


def _lines(checked: FolderCheck) -> Iterable[str]:
    for problem in checked.problems:
        warns = problem.severity is Severity.WARNING
        yield f"{'warning: ' if warns else ''}{problem}"
    warnings = len(checked.problems) - checked.faults
    if checked.figures is not None:
        yield from _figures(checked.figures)
    yield f"{FAULTS(checked.faults)}, {WARNINGS(warnings)}."


def _figures(figures: FolderFigures) -> Iterable[str]:
    yield f"sessions: {figures.sessions}, of which {figures.sessions_with_credit} give credit"
    yield f"attendees: {figures.attendees}, members: {figures.members}"
    first, *others = figures.credit
    yield f"hours of instruction, all sessions together: {first.all_sessions}"
    yield (
        f"most that one attendee could claim: {first.most_for_one}; "
        f"the meeting's maximum: {first.maximum or 'none'}"
    )
    for each in others:
        yield (
            f"{each.label}, all sessions together: {each.all_sessions}; "
            f"most for one attendee: {each.most_for_one}; its maximum: {each.maximum or 'none'}"
        )
