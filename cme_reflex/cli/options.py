"""Arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli import completion

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of words.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]
File = Annotated[Path, typer.Argument(metavar="FILE", autocompletion=completion.paths)]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there.")]
OutFolder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")]

# Of the commands that convert a file.
InputFile = Annotated[Path, typer.Argument(metavar="FILE")]
OutFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write here, whole or not at all.")
]
ReplaceOutFile = Annotated[bool, typer.Option("--force", help="Replace the file of --out.")]
Sheet = Annotated[str, typer.Option(help="Sheet of a workbook; by default the first.")]
