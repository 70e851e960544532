"""Backup archive: gzip-compressed lines of JSON, with a checksum in the last line.

The first line has the schema revision. Then each table has a line with its name and columns, and
one line per row. The last line has the number of rows of each table and the SHA-256 digest of all
previous lines. The format is independent of the kind of database.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic_core import to_json

FORMAT = "cme-reflex backup 1"
LINE_LIMIT = 20_000_000  # bytes per row; the largest known row, a claim's document, has 100,000


class CorruptBackup(Exception):
    """The file is not a backup, or is incomplete or modified; the message has the reason."""


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """Time of a backup (aware) and schema revision of its tables."""

    revision: str
    taken_at: datetime


class BackupWriter:
    """Writer of a backup, table by table; `close` writes the checksum."""

    def __init__(self, file: BinaryIO, header: BackupHeader) -> None:
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
        """Write the last line with row counts and checksum."""
        self._line({"rows": self.rows, "sha256": self._digest.hexdigest()})
        self._zip.close()

    def _line(self, value: object) -> None:
        line = to_json(value) + b"\n"
        self._digest.update(line)
        self._zip.write(line)


def verify(path: Path) -> tuple[BackupHeader, int]:
    """Verify a whole backup; return its header and number of rows.

    Raises CorruptBackup, and OSError if the file cannot be read.
    """
    items = _parsed_lines(path)
    header = cast(BackupHeader, next(items))
    return header, sum(isinstance(item, list) for item in items)


def read_tables(path: Path) -> Iterator[tuple[str, list[str], Iterator[list[Any]]]]:
    """The name, columns and rows of each table of a backup.

    The rows must be consumed before the next table is requested. Raises CorruptBackup.
    """
    items = (item for item in _parsed_lines(path) if not isinstance(item, BackupHeader))
    table = next(items, None)
    while isinstance(table, dict):
        next_table: list[Any] = []
        yield table["table"], table["columns"], _rows_of(items, next_table)
        table = next_table[0] if next_table else None


def _rows_of(items: Iterator[Any], next_table: list[Any]) -> Iterator[list[Any]]:
    """The rows up to the line of the next table, which is appended to `next_table`."""
    for item in items:
        if isinstance(item, dict):
            next_table.append(item)
            return
        yield item


def _parsed_lines(path: Path) -> Iterator[BackupHeader | dict[str, Any] | list[Any]]:
    """The header, then the line of each table and its rows. Raises CorruptBackup."""
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


def _parse_header(item: Any) -> BackupHeader:
    if not isinstance(item, dict) or item.get("format") != FORMAT:
        raise CorruptBackup("it is not a backup of this program")
    try:
        return BackupHeader(str(item["revision"]), datetime.fromisoformat(item["taken_at"]))
    except (KeyError, TypeError, ValueError):
        raise CorruptBackup("its content was changed") from None


def _parse_json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:  # no JSON, or no UTF-8
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
