"""Output of commands that convert a file of another system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import emit, print_warnings
from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.programmes.summary import ProgrammeSummary


@dataclass(frozen=True, slots=True)
class Conversion:
    """Result of a conversion; `file` is None if no file was written.

    `columns` has the file's heading of each column, if it is a table.
    """

    rows: int
    file: Path | None
    summary: ProgrammeSummary | None
    warnings: Sequence[InputProblem]
    columns: Mapping[str, str] = field(default_factory=dict)


def emit_conversion(
    text: str, conversion: Conversion, table: str, *, force: bool, as_json: bool
) -> None:
    """Write the table to its file, or print it if there is none. Raises CliError."""
    if conversion.file is None and conversion.summary is None:
        if as_json:
            raise CliError("--json needs --out FILE; without it, the table itself is printed.")
        print_warnings(conversion.warnings)
        typer.echo(text.encode(), nl=False)
        return
    if conversion.file is not None:
        name = conversion.file.name
        with written_together(conversion.file.parent, [name], force=force) as folder:
            (folder / name).write_text(text, encoding="utf-8", newline="")
    if not as_json:
        print_warnings(conversion.warnings)
    lines = [] if conversion.file is None else [f"{conversion.rows} {table} in {conversion.file}"]
    if conversion.columns:
        named = (f"{column} from {heading!r}" for column, heading in conversion.columns.items())
        lines.append(f"columns: {', '.join(named)}")
    lines += conversion.summary.lines() if conversion.summary else []
    emit(lines, conversion, as_json=as_json)
