"""`cme meeting export`: a meeting's folder from the database."""

from dataclasses import dataclass
from pathlib import Path

from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import emit, progress
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.formats.meeting_folder.images.logo import logo_files
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.writer import folder_files
from cme_reflex.services.meetings.export import export_meeting


@dataclass(frozen=True, slots=True)
class ExportedFolder:
    """An exported folder and the version of the meeting in it."""

    meeting: str
    version: int | None
    folder: Path
    files: tuple[str, ...]


def export(folder: Path, meeting: str | None, *, force: bool, as_json: bool) -> None:
    """Write the folder. Raises CliError if it has one of the files, unless `force`."""
    with progress("Exporting"):
        records = run(export_meeting(chosen_meeting(meeting).code))
        files = write_folder(folder, records, force=force)
    code, version = records.meeting.code, records.based_on_version
    lines = [f"{folder}: {code}, version {version}.", *(f"  {name}" for name in files)]
    emit(lines, ExportedFolder(code, version, folder, files), as_json=as_json)


def write_folder(folder: Path, records: MeetingFolder, *, force: bool) -> tuple[str, ...]:
    """Write the files of a meeting's folder, and return their names. Raises CliError."""
    files = folder_files(records)
    with written_together(folder, [*files], force=force, elsewhere="another folder") as temporary:
        for name, content in files.items():
            (temporary / name).write_bytes(content)
    # Of another export: beside logo.svg, a logo.png would be a fault.
    for outdated in logo_files(folder):
        if outdated.name not in files:
            outdated.unlink()
    return tuple(files)
