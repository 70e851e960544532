"""Commands for what attendees changed: `cme claims name-changes` and `profession-changes`."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import emit
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.formats.tables.sheets import Column, Sheet, csv_bytes
from cme_reflex.services.claims.name_changes import NameChange, load_name_changes
from cme_reflex.services.claims.profession_changes import ProfessionChange, load_profession_changes

NAME_CHANGES = Sheet(
    "name-changes",
    (
        Column("badge"),
        Column("registered_name", width=28),
        Column("name_on_certificate", width=28),
        Column("status"),
        Column("receipt", width=24),
    ),
)
PROFESSION_CHANGES = Sheet(
    "profession-changes",
    (
        Column("badge"),
        Column("registered", width=28),
        Column("corrected", width=28),
        Column("status"),
    ),
)


def name_changes(out: Path | None, meeting: str | None, force: bool, as_json: bool) -> None:
    """Print the names, or write them to a CSV file. Raises CliError."""
    changes = run(load_name_changes(chosen_meeting(meeting).code))
    _emit(NAME_CHANGES, changes, _names(changes), out, force=force, as_json=as_json)


def profession_changes(out: Path | None, meeting: str | None, force: bool, as_json: bool) -> None:
    """Print the professions, or write them to a CSV file. Raises CliError."""
    changes = run(load_profession_changes(chosen_meeting(meeting).code))
    _emit(PROFESSION_CHANGES, changes, _professions(changes), out, force=force, as_json=as_json)


def _emit(
    sheet: Sheet,
    changes: Sequence[object],
    lines: Iterable[str],
    out: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    if out is not None:
        with written_together(out.parent, [out.name], force=force) as folder:
            rows = [sheet.row(change) for change in changes]
            (folder / out.name).write_bytes(csv_bytes(sheet, rows))
    emit(lines, changes, as_json=as_json)


def _names(changes: list[NameChange]) -> Iterator[str]:
    for change in changes:
        receipt = f", {change.receipt}" if change.receipt else ""
        yield (
            f"badge {change.badge}: {change.registered_name} → {change.name_on_certificate} "
            f"({change.status}{receipt})"
        )
    if not changes:
        yield "Every certificate has the registered name."


def _professions(changes: list[ProfessionChange]) -> Iterator[str]:
    for change in changes:
        yield f"badge {change.badge}: {change.registered} → {change.corrected} ({change.status})"
    if not changes:
        yield "Every claim has the registered profession."
