"""Passwords in a members' file: hashes that the sign-in can verify, or hashed here. Never shown."""

import base64
import binascii
import hashlib

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError

from cme_reflex.formats.tables.csv_table import InputRow

MEMORY_LIMIT = 1_048_576  # KiB that verifying one hash may take: 1 GiB
TIME_COST_LIMIT = 100
LENGTH_LIMIT = 1_024  # characters of a password; a longer cell is something else

_OTHER_HASHES = ("$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$P$", "pbkdf2", "sha", "{", "scrypt")


def password_hash(row: InputRow, column: str, cell: str, *, plaintext: bool) -> str:
    """The argon2 hash for this cell; empty for an empty one, and after noting a fault.

    With `plaintext` the cell is a password and is hashed with argon2id;
    without, a password is refused.
    """
    cell = cell if plaintext else cell.strip()
    if not cell.strip():
        return ""
    if is_verifiable(cell.strip()):
        return cell.strip()
    if cell.startswith(("$argon2", *_OTHER_HASHES)):
        fault = "The sign-in cannot verify this hash; it verifies argon2 alone."
        row.add_fault(column, fault, "Leave the cell empty: the member sets a new password.")
        return ""
    if not plaintext:
        fault = "This is no hash, and may be a password."
        row.add_fault(column, fault, "Write argon2 hashes, or say --hash-passwords.")
        return ""
    if len(cell) > LENGTH_LIMIT:
        row.add_fault(column, "This is too long for a password.", "Leave the cell empty.")
        return ""
    return PasswordHasher().hash(cell)


def is_verifiable(stored: str) -> bool:
    """Whether it is a whole argon2 hash, whose parameters a server can afford."""
    try:
        parameters = extract_parameters(stored)
        salt, digest = (_decode_base64(part) for part in stored.split("$")[-2:])
    except (InvalidHashError, ValueError):
        return False
    return (
        parameters.memory_cost <= MEMORY_LIMIT
        and parameters.time_cost <= TIME_COST_LIMIT
        and len(salt) >= 8
        and len(digest) >= 12
    )


def _decode_base64(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError from error


def fingerprint(stored: str) -> str:
    """What a hash in a folder is recognised by; its salt keeps the password out of reach."""
    return hashlib.sha256(stored.encode()).hexdigest()
