"""`cme meeting`."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli import completion
from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun

meeting = typer.Typer(help="Meetings: folders that are loaded.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", autocompletion=completion.meetings)]


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.folders")
def new(
    code: Annotated[
        str, typer.Argument(help="Short name without spaces, such as pstm25; of the folder too.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of meetings; by default CME_MEETINGS."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a folder with comments, to start a meeting from; nothing is ever replaced."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.folders")
def check(folder: Folder, as_json: AsJson = False) -> None:
    """List every fault of a meeting's folder with its place and remedy, and what to look at."""


@meeting.command()
@implemented_in("cme_reflex.cli.meetings.load")
def load(folder: Folder, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Load a meeting's folder: all or nothing; loading it again changes nothing."""
