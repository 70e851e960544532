"""A backup file: lines of JSON, compressed with gzip, whose last line proves that it is whole.

The first line names the revision of the tables. Then each table has a line with its name and
columns, and one line a row. The last line has the number of rows of each table and the SHA-256
digest of all lines before it. Nothing in it depends on the kind of database that it came from.
"""

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic_core import to_json

FORMAT = "cme-reflex backup 1"
LINE_LIMIT = 20_000_000  # bytes of one row; the largest known, a claim's document, has some 100,000


class CorruptBackup(Exception):
    """The file is no backup, or not the whole of what was written; the message says what is odd."""


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """When a backup was taken (aware), and at which revision of the tables."""

    revision: str
    taken_at: datetime


class BackupWriter:
    """Writes a backup, table by table; `close` puts the proof behind it."""

    def __init__(self, file: BinaryIO, header: BackupHeader) -> None:
        # Without a name and a time of its own, so that equal rows make equal bytes.
        self._zip = gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0)
        self._digest = hashlib.sha256()
        self._table = ""
        self.rows: dict[str, int] = {}
        self._line(
            {"format": FORMAT, "revision": header.revision, "taken_at": header.taken_at.isoformat()}
        )

    def begin_table(self, name: str, columns: list[str]) -> None:
        """Begin the next table."""
        self._table = name
        self.rows[name] = 0
        self._line({"table": name, "columns": columns})

    def add(self, row: list[Any]) -> None:
        """Add a row of JSON values to the table that was begun last."""
        self._line(row)
        self.rows[self._table] += 1

    def close(self) -> None:
        """Write the last line."""
        self._line({"rows": self.rows, "sha256": self._digest.hexdigest()})
        self._zip.close()

    def _line(self, value: object) -> None:
        line = to_json(value) + b"\n"
        self._digest.update(line)
        self._zip.write(line)


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A file that comes to `path` when the block is done, and not at all where it fails.

    Nobody else on the machine can read it.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def verify(path: Path) -> tuple[BackupHeader, int]:
    """The header and the number of rows of a backup that is whole, to the last byte.

    Raises CorruptBackup, and OSError where the file cannot be read.
    """
    items = _parsed_lines(path)
    header = cast(BackupHeader, next(items))
    return header, sum(isinstance(item, list) for item in items)


def read_tables(path: Path) -> Iterator[tuple[str, list[str], Iterator[list[Any]]]]:
    """Each table of a verified backup: its name, its columns, and its rows to be used up at once.

    Raises CorruptBackup.
    """
    items = (item for item in _parsed_lines(path) if not isinstance(item, BackupHeader))
    following = next(items, None)
    while isinstance(following, dict):
        after: list[Any] = []
        yield following["table"], following["columns"], _rows_of(items, after)
        following = after[0] if after else None


def _rows_of(items: Iterator[Any], after: list[Any]) -> Iterator[list[Any]]:
    """The rows up to the next table, which is put into `after`."""
    for item in items:
        if isinstance(item, dict):
            after.append(item)
            return
        yield item


def _parsed_lines(path: Path) -> Iterator[BackupHeader | dict[str, Any] | list[Any]]:
    """The header, then each table's line, and its rows. Raises CorruptBackup at what is odd."""
    digest, counted, table = hashlib.sha256(), dict[str, int](), ""
    number, end = 0, None
    for number, line in enumerate(_read_lines(path), start=1):
        if end is not None:
            raise CorruptBackup("there is something behind its last line")
        item = _parse_json(line)
        if number == 1:
            yield _parse_header(item)
        elif isinstance(item, list) and table:
            counted[table] += 1
            yield item
        elif isinstance(item, dict) and "table" in item:
            table = str(item["table"])
            counted[table] = 0
            yield item
        elif isinstance(item, dict) and item.get("sha256") == digest.hexdigest():
            end = item
        else:
            raise CorruptBackup("its content was changed")
        digest.update(line)
    if end is None:
        raise CorruptBackup("its end is missing" if number else "it is empty")
    if end.get("rows") != counted:
        raise CorruptBackup("its content was changed")


def _parse_header(item: Any) -> BackupHeader:
    if not isinstance(item, dict) or item.get("format") != FORMAT:
        raise CorruptBackup("it is no backup of this program")
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
                    raise CorruptBackup("a line of it is longer than any that was written")
                yield line
        except EOFError:
            raise CorruptBackup("its end is missing") from None
        except gzip.BadGzipFile as error:
            begins = "it is no backup of this program"
            odd = begins if "Not a gzipped" in str(error) else "its content was changed"
            raise CorruptBackup(odd) from None
        except zlib.error:
            raise CorruptBackup("its content was changed") from None
