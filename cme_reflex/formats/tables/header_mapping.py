"""Mapping of a file's headings to columns: by documented aliases, or by the caller."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cme_reflex.domain.folding import fold
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.tables.csv_table import InputRow, InputTable, normalize_text
from cme_reflex.formats.tables.spreadsheet import Spreadsheet

HEADING_SEARCH_ROWS = 20  # rows; a title, a date or a logo may precede the headings

_NUMBER = re.compile("#|№|Nº|N°")

_BRACKETS = re.compile(r"\s*[\[(][^\])]*[\])]\s*$")

HeadingAliases = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HeaderMapping:
    """The caller's headings by column, and default values for columns that the file lacks."""

    headings: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class MappedTable:
    """A table with our column names; `titles` has the file's heading of each column.

    `unused` are the headings that match no column. `is_text` says that the file is text, in which
    numbers are as a program wrote them.
    """

    table: InputTable
    columns: dict[str, int]
    titles: dict[str, str]
    unused: tuple[str, ...]
    is_text: bool = False
    raw: dict[int, list[str]] = field(default_factory=dict)

    def raw_cell(self, row: InputRow, column: str) -> str:
        """The cell as in the file, with its line breaks and spaces."""
        cells, index = self.raw[row.number], self.columns.get(column)
        return cells[index] if index is not None and index < len(cells) else ""

    def problems(self) -> Iterator[InputProblem]:
        """The problems of the rows, with the file's own headings."""
        for problem in self.table.problems:
            yield replace(problem, column=self.titles.get(problem.column or "", problem.column))


def read_mapped_table(
    spreadsheet: Spreadsheet,
    aliases: HeadingAliases,
    required: tuple[str, ...],
    mapping: HeaderMapping | None = None,
    *,
    instead: Mapping[str, str] | None = None,
) -> MappedTable:
    """Read the rows below the headings.

    `aliases` are the headings of each column, in lower case without punctuation; `instead` has the
    columns that make a required one unnecessary.
    Raises InvalidInput if a required column is missing or two headings match the
    same column; its messages never show cells, because they may be secret.
    """
    with_options, mapping = mapping is not None, mapping or HeaderMapping()
    names = {_key(heading): column for column, headings in aliases.items() for heading in headings}
    names |= {_key(column): column for column in aliases}
    # For columns that the caller maps, no other heading matches any more.
    names = {name: column for name, column in names.items() if column not in mapping.headings}
    names |= {_key(heading): column for column, heading in mapping.headings.items()}
    number, cells = _find_headings(spreadsheet, names)
    matches = _match(cells, names)
    columns = {column: index for column, index in reversed(matches) if column}
    instead = instead or {}
    missing = [column for column in required if not {column, instead.get(column)} & columns.keys()]
    problems = [
        *_missing_columns(spreadsheet, number, aliases, missing, mapping, with_options),
        *_unknown_mappings(spreadsheet, number, mapping, columns),
        *_repeated_columns(spreadsheet, number, [column for column, _ in matches if column]),
    ]
    if problems:
        raise InvalidInput(problems)
    mapped = MappedTable(
        InputTable(spreadsheet.name),
        columns,
        {
            column: normalize_text(cells[index])
            for column, index in sorted(columns.items(), key=lambda each: each[1])
        },
        tuple(
            normalize_text(cells[index])
            for column, index in matches
            if not column and cells[index].strip()
        ),
        is_text=not spreadsheet.is_workbook,
    )
    _read_rows(spreadsheet, number, mapped, mapping)
    return mapped


def _match(cells: Sequence[str], names: Mapping[str, str]) -> list[tuple[str, int]]:
    """The column and the index of each cell; the column is empty if the heading matches none.

    "Start (local time)" is the start if nothing else is. Of a credit type, what is in brackets may
    be all that tells it from another.
    """
    matches = [names.get(_key(cell), "") for cell in cells]
    for index, cell in enumerate(cells):
        column = names.get(_key(_BRACKETS.sub("", cell)), "")
        if column not in matches and not matches[index] and ":" not in column:
            matches[index] = column
    return [(column, index) for index, column in enumerate(matches)]


def _key(heading: str) -> str:
    """The heading as it is compared: "Session #" is a session's number, not a session."""
    return fold(_NUMBER.sub(" number ", heading))


def _read_rows(
    spreadsheet: Spreadsheet, headings: int, mapped: MappedTable, mapping: HeaderMapping
) -> None:
    table = mapped.table
    formulas = _formula_columns(spreadsheet, headings, mapped)
    for number, cells in spreadsheet.rows:
        if number <= headings or not any(cell.strip() for cell in cells):
            continue
        texts = {
            column: spreadsheet.unescape(normalize_text(cells[index])) if index < len(cells) else ""
            for column, index in mapped.columns.items()
        }
        row = InputRow(table, number, {**mapping.defaults, **{c: t for c, t in texts.items() if t}})
        mapped.raw[number] = cells
        for column in formulas.get(number, ()):
            fault = "The cell contains a formula or an error, not a value."
            remedy = "Paste its value; put an apostrophe before text that begins with =."
            row.add_fault(column, fault, remedy)
        if number not in formulas:
            table.rows.append(row)


def _formula_columns(
    spreadsheet: Spreadsheet, headings: int, mapped: MappedTable
) -> dict[int, list[str]]:
    """The columns with formulas or errors, by row number; such rows are not read."""
    column_names = {index: column for column, index in mapped.columns.items()}
    columns_by_row: dict[int, list[str]] = defaultdict(list)
    for formula in spreadsheet.formulas:
        if formula.row > headings and formula.column in column_names:
            columns_by_row[formula.row].append(column_names[formula.column])
    return columns_by_row


def _find_headings(spreadsheet: Spreadsheet, names: Mapping[str, str]) -> tuple[int, list[str]]:
    """The number and cells of the first row with the most known headings."""

    def count_known(row: tuple[int, list[str]]) -> int:
        return len({names[_key(cell)] for cell in row[1] if _key(cell) in names})

    candidates = spreadsheet.rows[:HEADING_SEARCH_ROWS]
    best = max(candidates, key=count_known, default=None)
    if best is None or not any("".join(cells).strip() for _, cells in candidates):
        raise InvalidInput(
            [InputProblem(spreadsheet.name, None, None, "The table is empty.", "Fill it in.")]
        )
    return best


def _missing_columns(
    spreadsheet: Spreadsheet,
    number: int,
    aliases: HeadingAliases,
    missing: Iterable[str],
    mapping: HeaderMapping,
    with_options: bool,
) -> Iterator[InputProblem]:
    for column in missing:
        if column in mapping.headings or column in mapping.defaults:
            continue
        examples = ", ".join(repr(heading) for heading in aliases[column][:3])
        remedy = f"Name it {column} or, for example, {examples}."
        if with_options:
            remedy += f" Or use --map {column}=HEADING, or --default {column}=VALUE."
        yield InputProblem(
            spreadsheet.name, number, column, "No heading matches this column.", remedy
        )


def _unknown_mappings(
    spreadsheet: Spreadsheet, number: int, mapping: HeaderMapping, columns: Mapping[str, int]
) -> Iterator[InputProblem]:
    for column, heading in mapping.headings.items():
        if column not in columns:
            fault = f"There is no heading {heading!r}, which --map assigns to it."
            yield InputProblem(spreadsheet.name, number, column, fault, "Check how it is written.")


def _repeated_columns(
    spreadsheet: Spreadsheet, number: int, matches: Sequence[str]
) -> Iterator[InputProblem]:
    for column, times in Counter(matches).items():
        if times > 1:
            fault = f"{times} headings match this column."
            yield InputProblem(spreadsheet.name, number, column, fault, "Keep one of them.")
