"""Result of commands that export a meeting's claims to files."""

from dataclasses import dataclass
from pathlib import Path

from cme_reflex.cli.output import emit
from cme_reflex.cli.plurals import CLAIMS


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Exported files and the number of claims in them."""

    meeting: str
    claims: int
    files: tuple[Path, ...]


def emit_export(result: ExportResult, *, as_json: bool) -> None:
    """Print the files, one per line."""
    lines = [f"{result.meeting}: {CLAIMS(result.claims)}"]
    emit([*lines, *(f"  {file}" for file in result.files)], result, as_json=as_json)
