"""Declarations of the `cme claims` commands."""

from pathlib import Path
from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, Force, MeetingCode, OutFolder, ReplaceOutFile
from cme_reflex.formats.reports.file_format import FileFormat

claims = typer.Typer(help="Show, reopen, withdraw and export claims.", no_args_is_help=True)

ChangesFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="CSV file to write as well.")
]
ReceiptNumber = Annotated[str, typer.Argument(help="Receipt number of any version.")]


@claims.command()
@implemented_in("cme_reflex.cli.claims.records")
def show(receipt: ReceiptNumber, as_json: AsJson = False) -> None:
    """Show a claim with all its versions and its history."""


@claims.command()
@implemented_in("cme_reflex.cli.claims.records")
def reopen(
    receipt: ReceiptNumber,
    reason: Annotated[str, typer.Option(help="Reason, for the audit log.")],
    until: Annotated[
        str, typer.Option(help="Deadline in the meeting's time zone, such as 2026-02-23T13:00.")
    ],
    as_json: AsJson = False,
) -> None:
    """Reopen a submitted or withdrawn claim, for changes by the attendee until a deadline."""


@claims.command()
@implemented_in("cme_reflex.cli.claims.records")
def withdraw(
    receipt: ReceiptNumber,
    reason: Annotated[str, typer.Option(help="Reason, for the audit log and the attendee.")],
    as_json: AsJson = False,
) -> None:
    """Withdraw a claim: none of its certificates is proof of credit any longer."""


@claims.command("name-changes")
@implemented_in("cme_reflex.cli.claims.changes")
def name_changes(
    out: ChangesFile = None,
    meeting: MeetingCode = None,
    force: ReplaceOutFile = False,
    as_json: AsJson = False,
) -> None:
    """List certificates whose given or family name is not the registered one."""


@claims.command("profession-changes")
@implemented_in("cme_reflex.cli.claims.changes")
def profession_changes(
    out: ChangesFile = None,
    meeting: MeetingCode = None,
    force: ReplaceOutFile = False,
    as_json: AsJson = False,
) -> None:
    """List claims whose profession is not the registered one."""


@claims.command()
@implemented_in("cme_reflex.cli.claims.export")
def export(
    out: OutFolder,
    kind: Annotated[
        FileFormat, typer.Option("--format", help="Format of the files.")
    ] = FileFormat.CSV,
    meeting: MeetingCode = None,
    confirmations: Annotated[
        bool,
        typer.Option(
            "--confirmation-numbers",
            help="Include them; with the last name they are a sign-in.",
        ),
    ] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Export all claims with their lines and evaluation answers."""
