"""Options of conversions that say what the columns of a file are."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import written_together
from cme_reflex.formats.input_problems import did_you_mean
from cme_reflex.formats.tables.header_mapping import HeaderMapping
from cme_reflex.formats.tables.mapping_file import mapping_text, read_mapping

ELSEWHERE = "another --save-mapping"


def header_mapping(
    maps: Iterable[str],
    defaults: Iterable[str],
    saved: Path | None,
    columns: Collection[str],
    table: str,
) -> HeaderMapping:
    """The mapping of a saved file, in which options replace what is said of their columns.

    Raises CliError for a malformed option or a column that there is not, and InvalidInput for a
    faulty file.
    """
    kept = read_mapping(saved, columns) if saved else HeaderMapping()
    headings = _by_column(maps, "--map COLUMN=HEADING", columns, table)
    values = _by_column(defaults, "--default COLUMN=VALUE", columns, table)
    return HeaderMapping({**kept.headings, **headings}, {**kept.defaults, **values})


def save_mapping(
    file: Path, columns: Mapping[str, str], mapping: HeaderMapping, *, force: bool
) -> None:
    """Save which heading each column had, for the next file of the same system."""
    with written_together(file.parent, [file.name], force=force, elsewhere=ELSEWHERE) as folder:
        text = mapping_text(HeaderMapping(columns, mapping.defaults))
        (folder / file.name).write_text(text, encoding="utf-8", newline="")


def split_option(option: str, form: str) -> tuple[str, str]:
    """The two parts of an option. Raises CliError, which shows the form, without the sign."""
    key, equals, value = option.partition("=")
    if not equals or not key.strip():
        raise CliError(f"Write it as {form}, not {option!r}.")
    return key.strip(), value.strip()


def known_column(column: str, option: str, columns: Collection[str], table: str) -> str:
    """The column. Raises CliError if there is no such column."""
    if column not in columns:
        remedy = did_you_mean(column, columns)
        raise CliError(f"{option}: There is no column {column!r} in {table}. {remedy}")
    return column


def _by_column(
    options: Iterable[str], form: str, columns: Collection[str], table: str
) -> dict[str, str]:
    pairs = (split_option(option, form) for option in options)
    name = form.partition(" ")[0]
    return {known_column(column, name, columns, table): value for column, value in pairs}
