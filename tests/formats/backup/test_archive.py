"""Backup archive: its authentication, and lines that no writer makes."""

import gzip
import hashlib
import hmac
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cme_reflex.formats.backup.archive import (
    Authenticity,
    BackupHeader,
    BackupKey,
    BackupWriter,
    CorruptBackup,
    VerifiedBackup,
    read_tables,
    verify,
)

HEADER = BackupHeader("0008", datetime(2024, 11, 1, 12, tzinfo=UTC))
OURS, OTHERS = BackupKey("our secret"), BackupKey("another secret")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def backup(key: BackupKey | None = None, change: Callable[[bytes], bytes] = bytes) -> Path:
        file = io.BytesIO()
        writer = BackupWriter(file, HEADER, key)
        writer.begin_table("claim", ["id", "hours"])
        for row in ([1, 8], [2, 12]):
            writer.add(row)
        writer.close()
        path = tmp_path / "b.gz"
        path.write_bytes(gzip.compress(change(gzip.decompress(file.getvalue()))))
        return path

    return backup


def forge(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """A change of the rows, with a digest that matches."""

    def change(text: bytes) -> bytes:
        assert old in text
        *lines, last = text.replace(old, new, 1).splitlines(keepends=True)
        digest = {"sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
        return b"".join(lines) + json.dumps(json.loads(last) | digest).encode() + b"\n"

    return change


def without(*names: str) -> Callable[[bytes], bytes]:
    """The last line without some of its parts."""

    def change(text: bytes) -> bytes:
        *lines, last = text.splitlines(keepends=True)
        end = {name: value for name, value in json.loads(last).items() if name not in names}
        return b"".join(lines) + json.dumps(end).encode() + b"\n"

    return change


@pytest.mark.parametrize(
    ("written_with", "read_with", "authenticity"),
    [
        (OURS, OURS, Authenticity.AUTHENTICATED),
        (OURS, BackupKey("our secret"), Authenticity.AUTHENTICATED),
        (OURS, OTHERS, Authenticity.OTHER_SECRET),
        (OURS, None, Authenticity.OTHER_SECRET),
        (None, OURS, Authenticity.NO_CODE),
        (None, None, Authenticity.NO_CODE),
    ],
)
def test_a_backup_is_called_authenticated_by_its_own_secret_only(
    write: Callable[..., Path],
    written_with: BackupKey | None,
    read_with: BackupKey | None,
    authenticity: Authenticity,
) -> None:
    path = write(written_with)
    verified = verify(path, read_with)
    assert verified == VerifiedBackup(HEADER, 2, authenticity)
    [(name, columns, rows)] = (
        (name, columns, list(rows))
        for name, columns, rows in read_tables(path, verified, read_with)
    )
    assert (name, columns, rows) == ("claim", ["id", "hours"], [[1, 8], [2, 12]])


def test_forged_hours_with_a_new_digest_are_refused(write: Callable[..., Path]) -> None:
    forged = forge(b"[1,8]", b"[1,240]")
    with pytest.raises(CorruptBackup, match="somebody who does not have CME_SECRET"):
        verify(write(OURS, forged), OURS)
    # Without the code, or with the id of another key, it is not called authenticated.
    assert verify(write(OURS, forged), OTHERS).authenticity is Authenticity.OTHER_SECRET
    stripped = write(OURS, lambda text: without("hmac", "key")(forged(text)))
    assert verify(stripped, OURS).authenticity is Authenticity.NO_CODE


def test_a_file_that_changes_between_verification_and_reading_is_refused(
    write: Callable[..., Path],
) -> None:
    verified = verify(write(OURS), OURS)
    with pytest.raises(CorruptBackup):
        [list(rows) for *_, rows in read_tables(write(OURS, forge(b"8]", b"9]")), verified, OURS)]
    with pytest.raises(CorruptBackup):
        [list(rows) for *_, rows in read_tables(write(None), verified, OURS)]


def test_the_code_is_no_other_use_of_the_secret(write: Callable[..., Path]) -> None:
    end = json.loads(gzip.decompress(write(OURS).read_bytes()).splitlines()[-1])
    plain = hmac.digest(b"our secret", end["sha256"].encode(), "sha256").hex()
    assert len({plain, end["hmac"], OURS.id, end["sha256"]}) == 4
    assert end["key"] == OURS.id != OTHERS.id


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b"[1," + b"[" * 900 + b"]" * 900 + b"]",
        b'{"a":' * 100_000,
        b'{"table":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)
def test_a_deeply_nested_line_is_damage(write: Callable[..., Path], line: bytes) -> None:
    path = write(None, lambda text: forge(b"[2,12]", line)(text) if b"]" in line else line)
    with pytest.raises(CorruptBackup):
        verify(path)
