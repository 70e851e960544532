"""members.csv: the provider's accounts, one row per member."""

from pathlib import Path

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError

from cme_reflex.formats.meeting_folder.attendees_csv import parse_email
from cme_reflex.formats.meeting_folder.records import MemberRecord
from cme_reflex.formats.people.password_hashes import fingerprint
from cme_reflex.formats.tables.csv_table import InputRow, InputTable, read_table

COLUMNS = ("username", "last_name", "first_name", "suffix", "email", "password_hash")
EXPORTED_HASH = "exported_hash"
"""Optional column with the fingerprint of the hash that was exported."""


def read_members(path: Path) -> InputTable:
    """Read the rows of members.csv. Raises InvalidInput if there is no such table."""
    return read_table(path, COLUMNS, (EXPORTED_HASH,))


def parse_member(row: InputRow) -> MemberRecord:
    """Parse a member; adds the row's faults."""
    username = row.required("username").casefold()
    if username:
        row.table.require_unique(row, "username", username)
    password_hash = _parse_password_hash(row)
    return MemberRecord(
        username=username,
        last_name=row.required("last_name"),
        first_name=row.text("first_name"),
        suffix=row.text("suffix"),
        email=parse_email(row),
        password_hash=password_hash,
        hash_as_exported=row.text(EXPORTED_HASH) == fingerprint(password_hash),
    )


def _parse_password_hash(row: InputRow) -> str:
    """The hash; empty if the member sets a password through a link (`cme members invite`)."""
    stored_hash = row.text("password_hash")
    try:
        if stored_hash:
            extract_parameters(stored_hash)
    except InvalidHashError:
        # The message does not show the cell, because it could be the password.
        fault = "This is not an argon2 hash."
        row.add_fault("password_hash", fault, "Write the hash, never the password.")
    return stored_hash
