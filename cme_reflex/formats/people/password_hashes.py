"""Password hashes in a file of members: validation, or hashing of passwords. Never shown."""

import base64
import binascii
import hashlib
from collections.abc import Callable

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError

from cme_reflex.formats.tables.csv_table import InputRow

MEMORY_LIMIT = 1_048_576  # KiB for verifying one hash: 1 GiB
TIME_COST_LIMIT = 100
LENGTH_LIMIT = 1_024  # characters; a longer cell is not a password

_OTHER_HASHES = ("$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$P$", "pbkdf2", "sha", "{", "scrypt")


def password_hash(
    row: InputRow,
    column: str,
    cell: str,
    *,
    plaintext: bool,
    is_guessed_first: Callable[[str], bool] | None = None,
) -> str:
    """The argon2 hash for this cell; empty for an empty cell, and after adding a fault.

    With `plaintext` a password is hashed with argon2id, unless it `is_guessed_first`; otherwise it
    is rejected.
    """
    cell = cell if plaintext else cell.strip()
    if not cell.strip():
        return ""
    if is_verifiable(cell.strip()):
        return cell.strip()
    if cell.startswith(("$argon2", *_OTHER_HASHES)):
        fault = "Sign-in cannot verify this hash; it verifies only argon2."
        row.add_fault(column, fault, "Leave the cell empty: the member sets a new password.")
        return ""
    if not plaintext:
        fault = "This is not a password hash and may be a password."
        row.add_fault(column, fault, "Write argon2 hashes, or use --hash-passwords.")
        return ""
    if len(cell) > LENGTH_LIMIT:
        row.add_fault(column, "This is too long for a password.", "Leave the cell empty.")
        return ""
    if is_guessed_first is not None and is_guessed_first(cell):
        fault = "This password is among those that are guessed first."
        row.add_fault(column, fault, "Leave the cell empty: the member sets a new password.")
        return ""
    return PasswordHasher().hash(cell)


def is_verifiable(stored_hash: str) -> bool:
    """Whether it is a complete argon2 hash with parameters that a server can afford."""
    try:
        parameters = extract_parameters(stored_hash)
        salt, digest = (_decode_base64(part) for part in stored_hash.split("$")[-2:])
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


def fingerprint(stored_hash: str) -> str:
    """SHA-256 digest for recognizing a hash; its salt protects the password."""
    return hashlib.sha256(stored_hash.encode()).hexdigest()
