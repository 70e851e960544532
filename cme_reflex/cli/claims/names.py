"""`cme claims name-changes`: certificates with another name than the registered one."""

from collections.abc import Iterator
from pathlib import Path

from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import emit
from cme_reflex.cli.runner import run
from cme_reflex.formats.tables.sheets import Column, Sheet, csv_bytes
from cme_reflex.services.claims.name_changes import NameChange, load_name_changes
from cme_reflex.settings import settings

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


def name_changes(out: Path | None, force: bool, as_json: bool) -> None:
    """Print the names, or write them to a CSV file. Raises CliError."""
    changes = run(load_name_changes(settings().meeting))
    if out is not None:
        with written_together(out.parent, [out.name], force=force) as folder:
            rows = [NAME_CHANGES.row(change) for change in changes]
            (folder / out.name).write_bytes(csv_bytes(NAME_CHANGES, rows))
    emit(_lines(changes), changes, as_json=as_json)


def _lines(changes: list[NameChange]) -> Iterator[str]:
    for change in changes:
        receipt = f", {change.receipt}" if change.receipt else ""
        yield (
            f"badge {change.badge}: {change.registered_name} → {change.name_on_certificate} "
            f"({change.status}{receipt})"
        )
    if not changes:
        yield "Every certificate has the registered name."
