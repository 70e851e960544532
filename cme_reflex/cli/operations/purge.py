"""`cme purge`: deletion of records after the retention period."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import typer

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.operations.backup import row_count, table_lines
from cme_reflex.cli.output import emit
from cme_reflex.cli.runner import actor, run
from cme_reflex.domain.operations.retention import RETENTION_YEARS
from cme_reflex.services.clock import clock
from cme_reflex.services.operations import retention
from cme_reflex.services.operations.retention import PurgeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """Result of a purge or its dry run."""

    before: date
    dry_run: bool
    meetings: tuple[PurgeResult, ...]


def purge(before: str, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Purge the records of meetings that ended before the date. Raises CliError."""
    try:
        day = date.fromisoformat(before)
    except ValueError:
        raise CliError(f"--before {before} is not a valid date. Write it as 2018-12-31.") from None
    if not (dry_run or yes):
        _confirm(day)
    change = retention.purge(day, actor=actor(), now=clock(), dry_run=dry_run)
    try:
        report = PurgeReport(before=day, dry_run=dry_run, meetings=run(change))
    except retention.RetentionPeriodNotOver as recent:
        raise CliError(
            f"--before {day} is too recent: records are kept for {RETENTION_YEARS} years from "
            "the activity. "
            f"The latest date today is {recent.latest}; nothing was deleted."
        ) from None
    emit(_lines(report), report, as_json=as_json)


def _confirm(day: date) -> None:
    """Ask for confirmation at a terminal. Raises CliError without one: scripts must pass --yes."""
    if not sys.stdin.isatty():
        raise CliError(
            "This deletes records permanently. Preview with --dry-run, delete with --yes."
        )
    typer.confirm(f"Delete the records of meetings that ended before {day}?", abort=True, err=True)


def _lines(report: PurgeReport) -> Iterable[str]:
    if not report.meetings:
        yield f"No meeting that ended before {report.before} has records to delete."
        return
    verb = "would be deleted" if report.dry_run else "deleted"
    for meeting in report.meetings:
        yield f"{meeting.meeting}, ended {meeting.ended_on}: {row_count(meeting.rows)} {verb}."
        yield from table_lines(meeting.rows)
    if report.dry_run:
        yield "Nothing was deleted."
