"""Conversion of other systems' registrations and accounts to attendees.csv and members.csv."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cme_reflex.domain.meetings.meeting import Profession
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.meeting_folder import attendees_csv, members_csv
from cme_reflex.formats.people.password_hashes import password_hash
from cme_reflex.formats.tables.csv_table import InputRow, csv_text, normalize_text
from cme_reflex.formats.tables.header_mapping import (
    HeaderMapping,
    HeadingAliases,
    MappedTable,
    read_mapped_table,
)
from cme_reflex.formats.tables.input_file import read_input_file
from cme_reflex.formats.tables.spreadsheet import Spreadsheet

PASSWORD_COLUMN = "password_hash"  # noqa: S105 - the name of a column; its cells are never shown

_NAME_HEADINGS: HeadingAliases = {
    "last_name": ("surname", "family name", "lastname", "last"),
    "first_name": ("given name", "forename", "firstname", "first"),
    "suffix": ("name suffix",),
    "email": ("e mail", "email address", "e mail address", "mail"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionOptions:
    """Options of a conversion: headings, defaults for empty cells, and replaced values.

    `values` has our value by column and the file's value (in lower case, "*" for
    all others). With `hash_passwords` the file has plaintext passwords;
    `is_guessed_first` tells whether one is rejected, from it and personal words. `professions` are
    the meeting's; without them, every profession is accepted as it is.
    """

    mapped: HeaderMapping = field(default_factory=HeaderMapping)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sheet: str = ""
    hash_passwords: bool = False
    is_guessed_first: Callable[[str, Sequence[str]], bool] | None = None
    professions: tuple[Profession, ...] = ()


@dataclass(frozen=True, slots=True)
class ConvertedTable:
    """A converted table: its CSV text, number of rows, warnings, and headings by column."""

    text: str
    rows: int
    warnings: tuple[InputProblem, ...]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RegistrationTable:
    """Definition of a table. `parse_row` returns a row's cells and adds its faults."""

    name: str
    columns: tuple[str, ...]
    headings: HeadingAliases
    required: tuple[str, ...]
    parse_row: Callable[[InputRow, MappedTable, ConversionOptions], dict[str, str]]


def convert_registrations(
    kind: RegistrationTable, path: Path, options: ConversionOptions
) -> ConvertedTable:
    """Convert the file. Raises InvalidInput with every fault; no message shows a password."""
    source = read_input_file(path, options.sheet)
    spreadsheet = Spreadsheet(source)
    mapped = read_mapped_table(spreadsheet, kind.headings, kind.required, options.mapped)
    warnings = list(spreadsheet.notes)
    if mapped.unused:
        what = f"These headings match no column: {', '.join(mapped.unused)}."
        remedy = "Their cells are ignored."
        warnings.append(InputProblem(source.name, None, None, what, remedy))
    rows = [
        kind.parse_row(_printable(_translated(row, options), mapped, warnings), mapped, options)
        for row in mapped.table.rows
    ]
    if problems := list(mapped.problems()):
        raise InvalidInput(problems)
    if not rows:
        fault = "There are no rows below the headings."
        raise InvalidInput([InputProblem(source.name, None, None, fault, "Check the file.")])
    without_password = sum(not row.get(PASSWORD_COLUMN, "-") for row in rows)
    if without_password:
        what = f"{without_password} have no password hash."
        remedy = "They can sign in once each has set a password."
        warnings.append(InputProblem(source.name, None, PASSWORD_COLUMN, what, remedy))
    text = csv_text(kind.columns, rows)
    return ConvertedTable(text, len(rows), tuple(warnings), mapped.titles)


def _translated(row: InputRow, options: ConversionOptions) -> InputRow:
    """The row with our values: by the options, by known professions, then by "*"."""
    cells = dict(row.cells)
    for column in {"profession", *(column for column, _ in options.values)} & cells.keys():
        value = cells[column].casefold()
        if (column, value) in options.values:
            cells[column] = options.values[column, value]
            continue
        codes = {each.code for each in options.professions}
        if column == "profession":
            cells[column] = _profession(cells[column], options.professions)
        if column != "profession" or cells[column].casefold() not in codes:
            cells[column] = options.values.get((column, "*"), cells[column])
    return replace(row, cells=cells)


def _profession(text: str, professions: Iterable[Profession]) -> str:
    """The code for a label or a degree, alone or among others; an unknown text is unchanged.

    Of several professions, the first in the meeting's list counts.
    """
    folded = text.casefold().replace(".", "")
    parts = {folded.strip(), *(part.strip() for part in folded.split(","))}
    for each in professions:
        names = {each.code, each.label.casefold(), *(degree.casefold() for degree in each.degrees)}
        if parts & {name.replace(".", "") for name in names}:
            return each.code
    return text


def _printable(row: InputRow, mapped: MappedTable, warnings: list[InputProblem]) -> InputRow:
    """The row without unprintable characters, with a warning for each cell that had some."""
    cells = dict(row.cells)
    for column, cell in row.cells.items():
        if column != PASSWORD_COLUMN and not cell.isprintable():
            cells[column] = normalize_text(
                "".join(letter for letter in cell if letter.isprintable())
            )
            what = "The cell contains unprintable characters."
            heading = mapped.titles.get(column, column)
            remedy = "They are omitted."
            warnings.append(InputProblem(row.table.file, row.number, heading, what, remedy))
    return replace(row, cells=cells)


def _attendee_cells(
    row: InputRow, mapped: MappedTable, options: ConversionOptions
) -> dict[str, str]:
    codes = [each.code for each in options.professions]
    profession = row.text("profession")
    if codes and profession and profession.casefold() not in codes:
        fault = f"{profession!r} is no profession of the meeting: {', '.join(codes)}."
        remedy = f"Choose one: --value 'profession:{profession}={codes[-1]}'."
        row.add_fault("profession", fault, remedy)
    attendees_csv.parse_attendee(row, None, None, None)
    return {column: row.text(column) for column in attendees_csv.COLUMNS}


def _member_cells(row: InputRow, mapped: MappedTable, options: ConversionOptions) -> dict[str, str]:
    username = row.required("username").casefold()
    if username:
        row.table.require_unique(row, "username", username)
    row.required("last_name")
    attendees_csv.parse_email(row)
    # The raw cell: a password may have two spaces.
    secret = mapped.raw_cell(row, PASSWORD_COLUMN) or row.text(PASSWORD_COLUMN)
    personal_words = [row.text(column) for column in ("username", "first_name", "last_name")]
    check = options.is_guessed_first
    return {column: row.text(column) for column in members_csv.COLUMNS} | {
        PASSWORD_COLUMN: password_hash(
            row,
            PASSWORD_COLUMN,
            secret,
            plaintext=options.hash_passwords,
            is_guessed_first=check and (lambda password: check(password, personal_words)),
        )
    }


ATTENDEES = RegistrationTable(
    name="attendees",
    columns=attendees_csv.COLUMNS,
    headings={
        **_NAME_HEADINGS,
        "badge": ("badge number", "badge no", "badge id", "badge #"),
        "confirmation": (
            "confirmation number",
            "confirmation no",
            "confirmation code",
            "registration number",
            "registration id",
            "order number",
        ),
        "profession": ("degree", "degrees", "credentials", "designation"),
        "registration_type": (
            "registration category",
            "registrant type",
            "attendee type",
            "ticket type",
            "ticket",
        ),
        "member": ("member username", "username", "user name", "login"),
    },
    required=("last_name", "badge", "confirmation", "profession", "registration_type"),
    parse_row=_attendee_cells,
)

MEMBERS = RegistrationTable(
    name="members",
    columns=members_csv.COLUMNS,
    headings={
        **_NAME_HEADINGS,
        "username": ("user name", "login", "user", "user id", "login name", "member"),
        PASSWORD_COLUMN: ("hash", "password"),
    },
    required=("username", "last_name"),
    parse_row=_member_cells,
)
