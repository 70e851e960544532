"""Registrations and accounts as other systems export them, as attendees.csv and members.csv."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cme_reflex.exchange import attendees_csv, members_csv
from cme_reflex.exchange.attendees_csv import Profession
from cme_reflex.exchange.csv_table import Row, csv_text, tidy
from cme_reflex.exchange.grid import Grid
from cme_reflex.exchange.headed import HeadedTable, Headings, Mapped, read_headed
from cme_reflex.exchange.passwords import password_hash
from cme_reflex.exchange.problems import FaultyFolder, Problem
from cme_reflex.exchange.source import source_at

PHYSICIANS = frozenset({"physician", "md", "do", "doctor of medicine"})
OTHERS = frozenset({"other", "non physician", "nonphysician"})
SECRET = "password_hash"  # noqa: S105 - the name of a column; its cells are never shown

_NAMES: Headings = {
    "last_name": ("surname", "family name", "lastname", "last"),
    "first_name": ("given name", "forename", "firstname", "first"),
    "suffix": ("name suffix",),
    "email": ("e mail", "email address", "e mail address", "mail"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """How a society's file becomes ours: headings, values for empty cells, values that differ.

    `values` are ours by column and theirs (in lower case, "*" for all others).
    With `hash_passwords` the column of passwords holds them in clear.
    """

    mapped: Mapped = field(default_factory=Mapped)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sheet: str = ""
    hash_passwords: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A converted table: its text, how many rows, and what was decided on the way."""

    text: str
    rows: int
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class People:
    """One of the two tables. `complete` gives a row's cells, after noting what is wrong."""

    name: str
    columns: tuple[str, ...]
    headings: Headings
    required: tuple[str, ...]
    complete: Callable[[Row, HeadedTable, Filling], dict[str, str]]


def convert(kind: People, path: Path, filling: Filling) -> Table:
    """The table in the file. Raises FaultyFolder with every fault; no message shows a password."""
    source = source_at(path, filling.sheet)
    grid = Grid(source.name, source.data, source.sheet)
    headed = read_headed(grid, kind.headings, kind.required, filling.mapped)
    warnings: list[Problem] = []
    rows = [
        kind.complete(_printable(_translated(row, filling), headed, warnings), headed, filling)
        for row in headed.table.rows
    ]
    if problems := list(headed.problems()):
        raise FaultyFolder(problems)
    if not rows:
        fault = "There is no row below the headings."
        raise FaultyFolder([Problem(source.name, None, None, fault, "Check the file.")])
    without = sum(not row.get(SECRET, "-") for row in rows)
    if without:
        what = f"{without} have no password hash."
        remedy = "They can sign in once each has set a password."
        warnings.append(Problem(source.name, None, SECRET, what, remedy))
    return Table(csv_text(kind.columns, rows), len(rows), tuple(warnings))


def _translated(row: Row, filling: Filling) -> Row:
    """The row with our values for theirs: those given by name, those known, then all others."""
    cells = dict(row.cells)
    for column in {"profession", *(column for column, _ in filling.values)} & cells.keys():
        theirs = cells[column].casefold()
        if (column, theirs) in filling.values:
            cells[column] = filling.values[column, theirs]
            continue
        if column == "profession":
            cells[column] = _profession(cells[column])
        if column != "profession" or cells[column] not in set(Profession):
            cells[column] = filling.values.get((column, "*"), cells[column])
    return replace(row, cells=cells)


def _profession(text: str) -> str:
    """The profession that a degree or a word stands for; anything unknown stays as it is."""
    degrees = {part.replace(".", "").strip() for part in text.casefold().split(",")}
    if degrees & PHYSICIANS:
        return Profession.PHYSICIAN
    return Profession.OTHER if degrees & OTHERS or degrees & {"non-physician"} else text


def _printable(row: Row, headed: HeadedTable, warnings: list[Problem]) -> Row:
    """The row without characters that no screen shows, each told."""
    cells = dict(row.cells)
    for column, cell in row.cells.items():
        if column != SECRET and not cell.isprintable():
            cells[column] = tidy("".join(letter for letter in cell if letter.isprintable()))
            what = "The cell holds characters that cannot be printed."
            heading = headed.titles.get(column, column)
            remedy = "They are left out."
            warnings.append(Problem(row.table.file, row.number, heading, what, remedy))
    return replace(row, cells=cells)


def _attendee(row: Row, headed: HeadedTable, filling: Filling) -> dict[str, str]:
    profession = row.text("profession")
    if profession and profession.casefold() not in set(Profession):
        fault = f"{profession!r} is neither physician nor other."
        row.fault("profession", fault, f"Say which: --value 'profession:{profession}=other'.")
        row = replace(row, cells={**row.cells, "profession": Profession.OTHER})
    attendees_csv.attendee(row, None, None)
    return {column: row.text(column) for column in attendees_csv.COLUMNS}


def _member(row: Row, headed: HeadedTable, filling: Filling) -> dict[str, str]:
    username = row.required("username").casefold()
    if username:
        row.table.require_new(row, "username", username)
    row.required("last_name")
    attendees_csv.email(row)
    # The untidied cell: a password may have two spaces.
    secret = headed.untidied(row, SECRET) or row.text(SECRET)
    return {column: row.text(column) for column in members_csv.COLUMNS} | {
        SECRET: password_hash(row, SECRET, secret, in_clear=filling.hash_passwords)
    }


ATTENDEES = People(
    name="attendees",
    columns=attendees_csv.COLUMNS,
    headings={
        **_NAMES,
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
    complete=_attendee,
)

MEMBERS = People(
    name="members",
    columns=members_csv.COLUMNS,
    headings={
        **_NAMES,
        "username": ("user name", "login", "user", "user id", "login name", "member"),
        SECRET: ("hash", "password"),
    },
    required=("username", "last_name"),
    complete=_member,
)
