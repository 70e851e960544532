"""Rows of a table whose headings are any of a documented set, or mapped by the caller."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cme_reflex.domain.folding import fold
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.tables.csv_table import InputRow, InputTable, normalize_text
from cme_reflex.formats.tables.spreadsheet import Spreadsheet

HEADING_SEARCH_ROWS = 20  # rows that may stand above the headings: a title, a date, a logo

HeadingAliases = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HeaderMapping:
    """Headings that this file has for our columns, and what stands in columns that it lacks."""

    headings: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class MappedTable:
    """The rows under our names of the columns, and the names that the file has for them.

    `unused` are headings that mean no column.
    """

    table: InputTable
    columns: dict[str, int]
    titles: dict[str, str]
    unused: tuple[str, ...]
    raw: dict[int, list[str]] = field(default_factory=dict)

    def raw_cell(self, row: InputRow, column: str) -> str:
        """The cell as it stands in the file, with its line breaks and spaces."""
        cells, at = self.raw[row.number], self.columns.get(column)
        return cells[at] if at is not None and at < len(cells) else ""

    def problems(self) -> Iterator[InputProblem]:
        """The problems of the rows, with the file's own headings."""
        for problem in self.table.problems:
            yield replace(problem, column=self.titles.get(problem.column or "", problem.column))


def read_mapped_table(
    grid: Spreadsheet,
    known: HeadingAliases,
    required: tuple[str, ...],
    mapping: HeaderMapping | None = None,
) -> MappedTable:
    """The rows below the headings.

    `known` are the headings that mean a column, in lower case without
    punctuation. Raises InvalidInput where required columns are missing or two
    headings mean the same one; cells are never shown, for they may be secret.
    """
    with_options, mapping = mapping is not None, mapping or HeaderMapping()
    names = {fold(heading): column for column, known_as in known.items() for heading in known_as}
    names |= {fold(column): column for column in known}
    # What the caller maps is that column, and no other heading is it any more.
    names = {name: column for name, column in names.items() if column not in mapping.headings}
    names |= {fold(heading): column for column, heading in mapping.headings.items()}
    number, cells = _find_headings(grid, names)
    found = [(names.get(fold(cell), ""), at) for at, cell in enumerate(cells)]
    columns = {column: at for column, at in reversed(found) if column}
    absent = [column for column in required if column not in columns]
    problems = [
        *_missing_columns(grid, number, known, absent, mapping, with_options),
        *_unknown_mappings(grid, number, mapping, columns),
        *_repeated_columns(grid, number, [column for column, _ in found if column]),
    ]
    if problems:
        raise InvalidInput(problems)
    mapped = MappedTable(
        InputTable(grid.name),
        columns,
        {column: normalize_text(cells[at]) for column, at in columns.items()},
        tuple(
            normalize_text(cells[at]) for column, at in found if not column and cells[at].strip()
        ),
    )
    _read_rows(grid, number, mapped, mapping)
    return mapped


def _read_rows(
    grid: Spreadsheet, headings: int, mapped: MappedTable, mapping: HeaderMapping
) -> None:
    table = mapped.table
    computed = _formula_columns(grid, headings, mapped)
    for number, cells in grid.rows:
        if number <= headings or not any(cell.strip() for cell in cells):
            continue
        texts = {
            column: grid.unescape(normalize_text(cells[at])) if at < len(cells) else ""
            for column, at in mapped.columns.items()
        }
        row = InputRow(table, number, {**mapping.defaults, **{c: t for c, t in texts.items() if t}})
        mapped.raw[number] = cells
        for column in computed.get(number, ()):
            fault = "The cell holds a formula or an error, not a value."
            remedy = "Put its value there; before a text that begins with = write an apostrophe."
            row.add_fault(column, fault, remedy)
        if number not in computed:
            table.rows.append(row)


def _formula_columns(grid: Spreadsheet, headings: int, mapped: MappedTable) -> dict[int, list[str]]:
    """The columns of each row whose cells hold no values; nothing else is read of such a row."""
    read = {at: column for column, at in mapped.columns.items()}
    found: dict[int, list[str]] = defaultdict(list)
    for formula in grid.formulas:
        if formula.row > headings and formula.column in read:
            found[formula.row].append(read[formula.column])
    return found


def _find_headings(grid: Spreadsheet, names: Mapping[str, str]) -> tuple[int, list[str]]:
    """The first of the rows with the most headings that are known, and its number."""

    def known(row: tuple[int, list[str]]) -> int:
        return len({names[fold(cell)] for cell in row[1] if fold(cell) in names})

    first = grid.rows[:HEADING_SEARCH_ROWS]
    best = max(first, key=known, default=None)
    if best is None or not any("".join(cells).strip() for _, cells in first):
        raise InvalidInput(
            [InputProblem(grid.name, None, None, "The table is empty.", "Fill it in.")]
        )
    return best


def _missing_columns(
    grid: Spreadsheet,
    number: int,
    known: HeadingAliases,
    missing: Iterable[str],
    mapping: HeaderMapping,
    with_options: bool,
) -> Iterator[InputProblem]:
    for column in missing:
        if column in mapping.headings or column in mapping.defaults:
            continue
        others = ", ".join(repr(heading) for heading in known[column][:3])
        remedy = f"Name it {column} or, for example, {others}."
        if with_options:
            remedy += f" Or say --map {column}=HEADING, or --default {column}=VALUE."
        yield InputProblem(grid.name, number, column, "No heading means this column.", remedy)


def _unknown_mappings(
    grid: Spreadsheet, number: int, mapping: HeaderMapping, columns: Mapping[str, int]
) -> Iterator[InputProblem]:
    for column, heading in mapping.headings.items():
        if column not in columns:
            fault = f"There is no heading {heading!r}, which --map gives to it."
            yield InputProblem(grid.name, number, column, fault, "Check how it is written.")


def _repeated_columns(
    grid: Spreadsheet, number: int, found: Sequence[str]
) -> Iterator[InputProblem]:
    for column, times in Counter(found).items():
        if times > 1:
            fault = f"{times} headings mean this column."
            yield InputProblem(grid.name, number, column, fault, "Keep one of them.")
