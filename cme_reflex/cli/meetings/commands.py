"""Declarations of the `cme meeting` commands."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli import completion
from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun, Force, MeetingCode

meeting = typer.Typer(
    help="Create, check, load, export, list, close and archive meetings.", no_args_is_help=True
)

Code = Annotated[str, typer.Argument(metavar="CODE", help="Meeting code.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", autocompletion=completion.meetings)]


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.folders")
def new(
    code: Annotated[
        str, typer.Argument(help="Meeting code such as pstm25, also the folder's name.")
    ],
    copy_of: Annotated[
        str | None,
        typer.Option("--from", metavar="CODE", help="Copy this meeting, without its people."),
    ] = None,
    starts_on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="First day of a copy; all other dates follow it."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Parent folder; by default CME_MEETINGS."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create a meeting's folder from a commented template, or as a copy of a meeting.

    Existing files are never replaced.
    """


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.folders")
def check(folder: Folder, as_json: AsJson = False) -> None:
    """Check a meeting's folder: list all errors with place and remedy, and warnings."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.upgrade")
def upgrade(folder: Folder, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Rewrite an old folder with today's keys and columns, keeping comments and a copy."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.load")
def load(
    folder: Folder,
    dry_run: DryRun = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Load a folder that is based on an older version of the meeting."
        ),
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            help="Remove more than a tenth of the registrations, or exchange numbers or names of"
            " people with claims.",
        ),
    ] = False,
    same_sessions: Annotated[
        bool,
        typer.Option(
            "--same-sessions",
            help="Claimed sessions with another title and time are still the same.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Load a meeting's folder into the database, all or nothing."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", autocompletion=completion.paths)],
    meeting: MeetingCode = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write a meeting's folder, to change it and load it again."""


@meeting.command("list")
@implemented_in("cme_reflex.cli.meetings.lifecycle")
def list_meetings(as_json: AsJson = False) -> None:
    """List all meetings of the database with their claim periods."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.lifecycle")
def close(code: Code, as_json: AsJson = False) -> None:
    """End a meeting's claim period now. Claims reopened by staff keep their own deadlines."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.lifecycle")
def reopen(
    code: Code,
    until: Annotated[
        str,
        typer.Option(help="New end, in the meeting's time zone, such as 2026-02-23T13:00."),
    ],
    as_json: AsJson = False,
) -> None:
    """Open a meeting's claim period again, also that of an archived meeting."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.lifecycle")
def archive(code: Code, as_json: AsJson = False) -> None:
    """End a meeting's claim period and all sign-ins; claims and certificates are kept."""
