"""`cme meeting load`: loading of a meeting's folder into the database, or a dry run."""

from collections.abc import Iterable
from pathlib import Path

from cme_reflex.cli.files import require_folder
from cme_reflex.cli.output import emit, print_warnings, progress
from cme_reflex.cli.runner import actor, run
from cme_reflex.formats.meeting_folder.checks.printing_check import name_warnings
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.meeting_toml import BASED_ON
from cme_reflex.formats.meeting_folder.settings_writer import set_based_on
from cme_reflex.services.clock import clock
from cme_reflex.services.meetings.affected_claims import AffectedLine
from cme_reflex.services.meetings.loader import LoadReport, load_meeting
from cme_reflex.services.meetings.row_changes import RowCounts
from cme_reflex.services.meetings.settings_changes import SettingChange

BADGES_LISTED = 20
NEEDS_YES = (
    "To load it needs --yes: it removes more than a tenth of the registrations, or exchanges what"
    " people with claims are known by."
)


def load(
    folder: Path, *, dry_run: bool, replace: bool, yes: bool, same_sessions: bool, as_json: bool
) -> None:
    """Load the folder; print the changes and warnings of names.

    Raises CliError, InvalidInput, OutdatedFolder, LoadNotConfirmed and FontsNotInstalled.
    """
    require_folder(folder)
    with progress("Loading"):
        records = read_meeting_folder(folder)
        loading = load_meeting(
            records,
            now=clock(),
            actor=actor(),
            replace=replace,
            confirmed=yes,
            same_sessions=same_sessions,
            dry_run=dry_run,
        )
        report = run(loading)
        warnings: list[object] = list(name_warnings(records))
    if not dry_run and records.based_on_version not in (None, report.version):
        warnings += _base_on(folder, report.version)
    print_warnings(warnings, all_shown_by="cme meeting check")
    footer = ["Nothing was written."] if dry_run else []
    if dry_run and report.needs_confirmation:
        footer.append(NEEDS_YES)
    emit([*report_lines(report), *footer], report, as_json=as_json)


def _base_on(folder: Path, version: int) -> list[str]:
    """Base the exported folder on what was loaded from it; a warning if it cannot be written."""
    try:
        set_based_on(folder, version)
    except OSError as error:
        remedy = f"Write {BASED_ON} = {version} there, or the next load is refused."
        return [f"{folder / MEETING_TOML} cannot be written: {error.strerror}. {remedy}"]
    return []


def report_lines(report: LoadReport) -> list[str]:
    """The report as lines of text."""
    if not report.changed:
        return [f"{report.meeting}: nothing changed (version {report.version})."]
    lines = [
        f"{report.meeting}: version {report.version}.",
        *_setting_lines(report.settings),
        f"  sessions: {_counted(report.sessions)}",
        f"  attendees: {_counted(report.attendees, withdrawn='removed')}",
        *_people_lines(report),
        f"  members: {_counted(report.members)}",
    ]
    if report.notified:
        lines.append(f"  former e-mail addresses that are told of their change: {report.notified}")
    lines += [f"  claim of badge {each.badge}: {_change(each)}" for each in report.touched]
    return lines + [
        f"  claim of badge {each.badge}: the total of {each.amount} {each.credit_type} is cleared,"
        " because there is no such credit type any more"
        for each in report.cleared
    ]


def _setting_lines(changes: Iterable[SettingChange]) -> list[str]:
    """The changes of meeting.toml as one line, if there are any."""
    words = [" ".join(filter(None, (each.key, each.code, each.change))) for each in changes]
    return [f"  meeting.toml: {', '.join(words)}"] if words else []


def _change(touched: AffectedLine) -> str:
    if not touched.left:
        return f"{touched.session} no longer gives credit and must be removed"
    return f"{touched.session} lowered from {touched.was} to {touched.left} {touched.credit_type}"


def _people_lines(report: LoadReport) -> list[str]:
    """Who is removed, and which numbers go from one person to another."""
    removed = report.removed[:BADGES_LISTED]
    more = len(report.removed) - len(removed)
    rest = f" and {more} more" if more else ""
    lines = [
        f"  {each.what} {each.value}: was {each.former}'s, is {each.to}'s now; claims stay with the"
        " persons"
        for each in report.passed_on
    ]
    if removed:
        lines.append(
            f"  removed, and cannot sign in any more: badges {', '.join(removed)}{rest}; their"
            " claims stay"
        )
    return lines


def _counted(counts: RowCounts, *, withdrawn: str = "withdrawn") -> str:
    parts = [f"{counts.added} added", f"{counts.changed} changed", f"{counts.unchanged} unchanged"]
    return ", ".join([*parts, f"{counts.withdrawn} {withdrawn}"] if counts.withdrawn else parts)
