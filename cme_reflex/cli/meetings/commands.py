"""Declarations of the `cme meeting` commands."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli import completion
from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun, Force, MeetingCode

meeting = typer.Typer(help="Create, check, upgrade and load meetings.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", autocompletion=completion.meetings)]


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.folders")
def new(
    code: Annotated[
        str, typer.Argument(help="Meeting code such as pstm25, also the folder's name.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Parent folder; by default CME_MEETINGS."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create a meeting's folder from a commented template; existing files are never replaced."""


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
