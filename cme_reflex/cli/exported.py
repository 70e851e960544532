"""What a command says of the files that it wrote from a meeting's claims."""

from dataclasses import dataclass
from pathlib import Path

from cme_reflex.cli.output import emit
from cme_reflex.cli.plurals import CLAIMS


@dataclass(frozen=True, slots=True)
class Exported:
    """The files, and how many claims are in them."""

    meeting: str
    claims: int
    files: tuple[Path, ...]


def emit_exported(exported: Exported, *, as_json: bool) -> None:
    """Print the files, one a line."""
    lines = [f"{exported.meeting}: {CLAIMS(exported.claims)}"]
    emit([*lines, *(f"  {file}" for file in exported.files)], exported, as_json=as_json)
