"""Arguments and options shared by several commands."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli import completion

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes without making them.")]
File = Annotated[Path, typer.Argument(metavar="FILE", autocompletion=completion.paths)]
Force = Annotated[bool, typer.Option("--force", help="Replace existing files.")]
OutFolder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")]

MeetingCode = Annotated[
    str | None,
    typer.Option(
        "--meeting",
        metavar="CODE",
        help="Meeting; by default CME_MEETING, or else the only one that is loaded.",
    ),
]

# Of the commands that convert a file.
InputFile = Annotated[Path, typer.Argument(metavar="FILE")]
OutFile = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="File to write; by default standard output."),
]
ReplaceOutFile = Annotated[bool, typer.Option("--force", help="Replace the file of --out.")]
MeetingDir = Annotated[
    Path | None,
    typer.Option(
        "--meeting",
        metavar="DIR",
        help="Meeting's folder, for its credit types and professions; by default CME_MEETING's.",
        autocompletion=completion.meetings,
    ),
]
Sheet = Annotated[
    str, typer.Option(help="Sheet of a workbook; by default the only one that is shown.")
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="COLUMN=HEADING", help="Heading in the file for one of our columns."
    ),
]
Defaults = Annotated[
    list[str] | None,
    typer.Option("--default", metavar="COLUMN=VALUE", help="Value for empty cells of a column."),
]
Mapping = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="File with --map and --default of an earlier conversion."),
]
SaveMapping = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="File to write the headings of the columns to."),
]
