"""Rows of a table whose headings are any of a documented set, or mapped by the caller."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cme_reflex.domain.text import fold
from cme_reflex.exchange.csv_table import Row, Table, tidy
from cme_reflex.exchange.grid import Grid
from cme_reflex.exchange.problems import FaultyFolder, Problem

LOOKED_AT = 20  # rows that may stand above the headings: a title, a date, a logo

Headings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Headings that this file has for our columns, and what stands in columns that it lacks."""

    headings: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class HeadedTable:
    """The rows under our names of the columns, and the names that the file has for them.

    `unused` are headings that mean no column.
    """

    table: Table
    columns: dict[str, int]
    titles: dict[str, str]
    unused: tuple[str, ...]
    raw: dict[int, list[str]] = field(default_factory=dict)

    def untidied(self, row: Row, column: str) -> str:
        """The cell as it stands in the file, with its line breaks and spaces."""
        cells, at = self.raw[row.number], self.columns.get(column)
        return cells[at] if at is not None and at < len(cells) else ""

    def problems(self) -> Iterator[Problem]:
        """The problems of the rows, with the file's own headings."""
        for problem in self.table.problems:
            yield replace(problem, column=self.titles.get(problem.column or "", problem.column))


def read_headed(
    grid: Grid, known: Headings, required: tuple[str, ...], mapped: Mapped | None = None
) -> HeadedTable:
    """The rows below the headings.

    `known` are the headings that mean a column, in lower case without
    punctuation. Raises FaultyFolder where required columns are missing or two
    headings mean the same one; cells are never shown, for they may be secret.
    """
    with_options, mapped = mapped is not None, mapped or Mapped()
    names = {fold(heading): column for column, known_as in known.items() for heading in known_as}
    names |= {fold(column): column for column in known}
    # What the caller maps is that column, and no other heading is it any more.
    names = {name: column for name, column in names.items() if column not in mapped.headings}
    names |= {fold(heading): column for column, heading in mapped.headings.items()}
    number, cells = _headings(grid, names)
    found = [(names.get(fold(cell), ""), at) for at, cell in enumerate(cells)]
    columns = {column: at for column, at in reversed(found) if column}
    absent = [column for column in required if column not in columns]
    problems = [
        *_missing(grid, number, known, absent, mapped, with_options),
        *_mismapped(grid, number, mapped, columns),
        *_repeated(grid, number, [column for column, _ in found if column]),
    ]
    if problems:
        raise FaultyFolder(problems)
    headed = HeadedTable(
        Table(grid.name),
        columns,
        {column: tidy(cells[at]) for column, at in columns.items()},
        tuple(tidy(cells[at]) for column, at in found if not column and cells[at].strip()),
    )
    _read_rows(grid, number, headed, mapped)
    return headed


def _read_rows(grid: Grid, headings: int, headed: HeadedTable, mapped: Mapped) -> None:
    table = headed.table
    computed = _computed(grid, headings, headed)
    for number, cells in grid.rows:
        if number <= headings or not any(cell.strip() for cell in cells):
            continue
        texts = {
            column: grid.plain(tidy(cells[at])) if at < len(cells) else ""
            for column, at in headed.columns.items()
        }
        row = Row(table, number, {**mapped.defaults, **{c: t for c, t in texts.items() if t}})
        headed.raw[number] = cells
        for column in computed.get(number, ()):
            fault = "The cell holds a formula or an error, not a value."
            remedy = "Put its value there; before a text that begins with = write an apostrophe."
            row.fault(column, fault, remedy)
        if number not in computed:
            table.rows.append(row)


def _computed(grid: Grid, headings: int, headed: HeadedTable) -> dict[int, list[str]]:
    """The columns of each row whose cells hold no values; nothing else is read of such a row."""
    read = {at: column for column, at in headed.columns.items()}
    found: dict[int, list[str]] = defaultdict(list)
    for formula in grid.formulas:
        if formula.row > headings and formula.column in read:
            found[formula.row].append(read[formula.column])
    return found


def _headings(grid: Grid, names: Mapping[str, str]) -> tuple[int, list[str]]:
    """The first of the rows with the most headings that are known, and its number."""

    def known(row: tuple[int, list[str]]) -> int:
        return len({names[fold(cell)] for cell in row[1] if fold(cell) in names})

    first = grid.rows[:LOOKED_AT]
    best = max(first, key=known, default=None)
    if best is None or not any("".join(cells).strip() for _, cells in first):
        raise FaultyFolder([Problem(grid.name, None, None, "The table is empty.", "Fill it in.")])
    return best


def _missing(
    grid: Grid,
    number: int,
    known: Headings,
    missing: Iterable[str],
    mapped: Mapped,
    with_options: bool,
) -> Iterator[Problem]:
    for column in missing:
        if column in mapped.headings or column in mapped.defaults:
            continue
        others = ", ".join(repr(heading) for heading in known[column][:3])
        remedy = f"Name it {column} or, for example, {others}."
        if with_options:
            remedy += f" Or say --map {column}=HEADING, or --default {column}=VALUE."
        yield Problem(grid.name, number, column, "No heading means this column.", remedy)


def _mismapped(
    grid: Grid, number: int, mapped: Mapped, columns: Mapping[str, int]
) -> Iterator[Problem]:
    for column, heading in mapped.headings.items():
        if column not in columns:
            fault = f"There is no heading {heading!r}, which --map gives to it."
            yield Problem(grid.name, number, column, fault, "Check how it is written.")


def _repeated(grid: Grid, number: int, found: Sequence[str]) -> Iterator[Problem]:
    for column, times in Counter(found).items():
        if times > 1:
            fault = f"{times} headings mean this column."
            yield Problem(grid.name, number, column, fault, "Keep one of them.")
