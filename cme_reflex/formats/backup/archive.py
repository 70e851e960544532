"""Backup archive: gzip-compressed lines of JSON, with digest and authentication in the last line.

The first line has the schema revision. Then each table has a line with its name and columns, and
one line per row. The last line has the number of rows of each table and the SHA-256 digest of all
previous lines, which shows damage but not forgery: anybody can compute it. With a key it also has
an HMAC of that digest, which only who has the secret can compute. The format is independent of the
kind of database.
"""

import gzip
import hashlib
import hmac
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic_core import from_json, to_json

FORMAT = "cme-reflex backup 1"
LINE_LIMIT = 20_000_000  # bytes per row; the largest known row, a claim's document, has 100,000

_KEY_PURPOSE = b"cme-reflex: authentication of backups, version 1"
_ID_PURPOSE = b"cme-reflex: public id of the key of backups, version 1"
_ID_LENGTH = 16  # hexadecimal digits


class CorruptBackup(Exception):
    """The file is not a backup, or is incomplete or modified; the message has the reason."""


class Authenticity(Enum):
    """What is known about who wrote a backup."""

    AUTHENTICATED = "authenticated"
    NO_CODE = "no code"  # of an older version, or made without a secret, or the code was removed
    OTHER_SECRET = "other secret"  # noqa: S105 - a state


class BackupKey:
    """Key that authenticates backups, derived from the secret for this purpose alone (RFC 5869).

    `id` names the key in a backup without disclosing it.
    """

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), _KEY_PURPOSE, "sha256")
        self.id = self._hmac(_ID_PURPOSE)[:_ID_LENGTH]

    def code(self, digest: str) -> str:
        """The authentication code for the digest of a backup's lines."""
        return self._hmac(f"{FORMAT} {digest}".encode())

    def _hmac(self, message: bytes) -> str:
        return hmac.digest(self._key, message, "sha256").hex()


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """Time of a backup (aware) and schema revision of its tables."""

    revision: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedBackup:
    """Header, number of rows, and authenticity of a complete and undamaged backup."""

    header: BackupHeader
    rows: int
    authenticity: Authenticity


class BackupWriter:
    """Writer of a backup, table by table; `close` writes digest and, with a key, code."""

    def __init__(self, file: BinaryIO, header: BackupHeader, key: BackupKey | None = None) -> None:
        self._key = key
        # Without file name and timestamp, so that equal rows give equal bytes.
        self._zip = gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0)
        self._digest = hashlib.sha256()
        self._table = ""
        self.rows: dict[str, int] = {}
        self._line(
            {"format": FORMAT, "revision": header.revision, "taken_at": header.taken_at.isoformat()}
        )

    def begin_table(self, name: str, columns: list[str]) -> None:
        """Start the next table."""
        self._table = name
        self.rows[name] = 0
        self._line({"table": name, "columns": columns})

    def add(self, row: list[Any]) -> None:
        """Add a row of JSON values to the current table."""
        self._line(row)
        self.rows[self._table] += 1

    def close(self) -> None:
        """Write the last line with row counts, digest and, with a key, code."""
        digest = self._digest.hexdigest()
        end: dict[str, Any] = {"rows": self.rows, "sha256": digest}
        if self._key is not None:
            end |= {"key": self._key.id, "hmac": self._key.code(digest)}
        self._line(end)
        self._zip.close()

    def _line(self, value: object) -> None:
        line = to_json(value) + b"\n"
        self._digest.update(line)
        self._zip.write(line)


def verify(path: Path, key: BackupKey | None = None) -> VerifiedBackup:
    """Verify a whole backup.

    Raises CorruptBackup, also if it has our key's id and a wrong code, and OSError if the file
    cannot be read.
    """
    items = _parsed_lines(path, key)
    header = cast(BackupHeader, next(items))
    rows = 0
    for item in items:
        rows += isinstance(item, list)
    return VerifiedBackup(header, rows, cast(Authenticity, item))


def read_tables(
    path: Path, verified: VerifiedBackup, key: BackupKey | None = None
) -> Iterator[tuple[str, list[str], Iterator[list[Any]]]]:
    """The name, columns and rows of each table of a verified backup.

    The rows must be consumed before the next table is requested. The file is verified again while
    it is read: raises CorruptBackup at its end if it is another than before.
    """
    items = (item for item in _parsed_lines(path, key) if not isinstance(item, BackupHeader))
    table = next(items, None)
    while isinstance(table, dict):
        following: list[Any] = []
        yield table["table"], table["columns"], _rows_of(items, following)
        table = following[0] if following else None
    if table is not verified.authenticity:
        raise CorruptBackup("its content was changed")


def _rows_of(items: Iterator[Any], following: list[Any]) -> Iterator[list[Any]]:
    """The rows up to what is no row, which is appended to `following`."""
    for item in items:
        if not isinstance(item, list):
            following.append(item)
            return
        yield item


def _parsed_lines(
    path: Path, key: BackupKey | None
) -> Iterator[BackupHeader | dict[str, Any] | list[Any] | Authenticity]:
    """The header, the line of each table and its rows, and the authenticity of them all.

    Raises CorruptBackup.
    """
    digest, row_counts, table = hashlib.sha256(), dict[str, int](), ""
    number, end = 0, None
    for number, line in enumerate(_read_lines(path), start=1):
        if end is not None:
            raise CorruptBackup("there is data after its last line")
        item = _parse_json(line)
        if number == 1:
            yield _parse_header(item)
        elif isinstance(item, list) and table:
            row_counts[table] += 1
            yield item
        elif isinstance(item, dict) and "table" in item:
            table = str(item["table"])
            row_counts[table] = 0
            yield item
        elif isinstance(item, dict) and item.get("sha256") == digest.hexdigest():
            end = item
        else:
            raise CorruptBackup("its content was changed")
        digest.update(line)
    if end is None:
        raise CorruptBackup("its end is missing" if number else "it is empty")
    if end.get("rows") != row_counts:
        raise CorruptBackup("its content was changed")
    yield _authenticity(end, key)


def _authenticity(end: dict[str, Any], key: BackupKey | None) -> Authenticity:
    """The authenticity by the last line, whose digest was verified. Raises CorruptBackup."""
    code = end.get("hmac")
    if code is None:
        return Authenticity.NO_CODE
    if key is None or end.get("key") != key.id:
        return Authenticity.OTHER_SECRET
    if not hmac.compare_digest(str(code).encode(), key.code(end["sha256"]).encode()):
        raise CorruptBackup("it was changed by somebody who does not have CME_SECRET")
    return Authenticity.AUTHENTICATED


def _parse_header(item: Any) -> BackupHeader:
    if not isinstance(item, dict) or item.get("format") != FORMAT:
        raise CorruptBackup("it is not a backup of this program")
    try:
        return BackupHeader(str(item["revision"]), datetime.fromisoformat(item["taken_at"]))
    except (KeyError, TypeError, ValueError):
        raise CorruptBackup("its content was changed") from None


def _parse_json(line: bytes) -> Any:
    try:
        return from_json(line)
    except ValueError:  # no JSON, no UTF-8, or nested more than 200 levels deep
        raise CorruptBackup("its content was changed") from None


def _read_lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        try:
            while line := file.readline(LINE_LIMIT):
                if len(line) == LINE_LIMIT:
                    raise CorruptBackup("one of its lines is too long")
                yield line
        except EOFError:
            raise CorruptBackup("its end is missing") from None
        except gzip.BadGzipFile as error:
            not_a_backup = "it is not a backup of this program"
            reason = not_a_backup if "Not a gzipped" in str(error) else "its content was changed"
            raise CorruptBackup(reason) from None
        except zlib.error:
            raise CorruptBackup("its content was changed") from None
