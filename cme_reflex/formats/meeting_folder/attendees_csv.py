"""attendees.csv: the registrations, one row per attendee."""

import re
from collections.abc import Collection, Container
from pathlib import Path

from cme_reflex.domain.mail.delivery import InvalidAddress
from cme_reflex.domain.people.names import name_key, number_key
from cme_reflex.formats.input_problems import did_you_mean
from cme_reflex.formats.mail.addresses import to_ascii_domain
from cme_reflex.formats.meeting_folder.records import AttendeeRecord
from cme_reflex.formats.tables.csv_table import InputRow, InputTable, read_table

# 240001.0 and 2.40001E+11: digits may be lost, and nobody would find the number on paper.
_AS_A_FIGURE = re.compile(r"\d+[.,]0+|\d([.,]\d+)?[Ee]\+\d+")

COLUMNS = (
    "last_name",
    "first_name",
    "suffix",
    "badge",
    "confirmation",
    "email",
    "profession",
    "registration_type",
    "member",
)


def read_attendee_rows(path: Path) -> InputTable:
    """Read the rows of attendees.csv. Raises InvalidInput if there is no such table."""
    return read_table(path, COLUMNS)


def parse_attendee(
    row: InputRow,
    professions: Collection[str] | None,
    registration_types: Collection[str] | None,
    members: Container[str] | None,
) -> AttendeeRecord:
    """Parse an attendee; adds the row's faults.

    If the professions, registration types or members are None, because their files could not be
    read, any value is accepted.
    """
    last_name = row.required("last_name")
    badge, confirmation = _parse_number(row, "badge"), _parse_number(row, "confirmation")
    if last_name and not name_key(last_name):
        row.add_fault("last_name", f"{last_name!r} has no letter to sign in with.", "Correct it.")
    _require_unambiguous(row, name_key(last_name), badge, confirmation)
    profession = _parse_code(row, "profession", professions, row.required("profession").casefold())
    registration_type = _parse_code(
        row, "registration_type", registration_types, row.required("registration_type")
    )
    member = row.text("member").casefold() or None
    if member is not None and members is not None and member not in members:
        fault = f"members.csv has no member {member!r}."
        row.add_fault("member", fault, "Add the member there, or leave the cell empty.")
    return AttendeeRecord(
        last_name=last_name,
        first_name=row.text("first_name"),
        suffix=row.text("suffix"),
        badge=badge,
        confirmation=confirmation,
        email=parse_email(row),
        profession=profession,
        registration_type=registration_type,
        member=member,
    )


def parse_email(row: InputRow) -> str:
    """The row's e-mail address; one that mail refuses is a fault, an empty cell is not."""
    address = row.text("email")
    if address and not _is_public(address):
        fault = f"{address!r} is not an e-mail address."
        row.add_fault("email", fault, "Correct it, or leave it empty.")
    return address


def _is_public(address: str) -> bool:
    """Whether mail reaches the address from elsewhere: its domain has a dot (RFC 7085).

    The sender's may have none, such as that of a demo on this machine.
    """
    try:
        return "." in to_ascii_domain(address).rpartition("@")[2]
    except InvalidAddress:
        return False


def _parse_code(row: InputRow, column: str, known: Collection[str] | None, code: str) -> str:
    if known is not None and code not in {"", *known}:
        fault = f"meeting.toml has no {column.replace('_', ' ')} {code!r}."
        row.add_fault(column, fault, did_you_mean(code, known))
    return code


def _parse_number(row: InputRow, column: str) -> str:
    text = row.required(column)
    number = number_key(text)
    if _AS_A_FIGURE.fullmatch(text):
        fault = f"{text!r} is how a spreadsheet writes a figure, not what is on a badge."
        remedy = "Format the column as text, enter the number again, and save."
        row.add_fault(column, fault, remedy)
    elif number:
        row.table.require_unique(row, column, number)
    elif row.text(column):
        row.add_fault(column, "The number has no letters or digits.", "Correct it.")
    return number


def _require_unambiguous(row: InputRow, name: str, badge: str, confirmation: str) -> None:
    """Add a fault if a badge number is the confirmation number of another person of this name.

    Neither of them could sign in.
    """
    table = row.table
    table.first_row(row, ("badge of", name, badge))
    table.first_row(row, ("confirmation of", name, confirmation))
    crossed = {
        table.first_row(row, ("confirmation of", name, badge), record=False),
        table.first_row(row, ("badge of", name, confirmation), record=False),
    }
    for first in crossed - {row.number}:
        fault = (
            f"Row {first} has the same last name, and one's badge number is the other's "
            "confirmation number."
        )
        row.add_fault("confirmation", fault, "Neither could sign in: change one of the numbers.")
