"""`cme backup`, `cme restore` and `cme purge` from the command line."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cme_reflex.settings import settings
from cme_reflex.store.operations.table_copy import newest_revision
from tests.support.cli import cme_output, invoke_cme
from tests.support.files.folder_files import FolderFiles

pytestmark = pytest.mark.usefixtures("migrated_database")


@pytest.fixture
def backup(files: FolderFiles, tmp_path: Path) -> Path:
    """A backup of the small meeting, which is still loaded."""
    assert invoke_cme("meeting", "load", files.write()).exit_code == 0
    assert invoke_cme("backup", tmp_path / "b.gz").exit_code == 0
    return tmp_path / "b.gz"


def test_a_backup_tells_what_is_in_it_and_is_restored(backup: Path, tmp_path: Path) -> None:
    code, printed, errors = cme_output("backup", tmp_path / "second.gz")
    assert (code, errors) == (0, [])
    assert printed[0] == f"{tmp_path / 'second.gz'}: 13 rows at revision {newest_revision()}."
    assert {
        "  meeting: 1",
        "  session: 4",
        "  session_credit: 4",
        "  attendee: 2",
        "  member: 1",
    } < set(printed)
    code, printed, errors = cme_output("restore", backup)
    assert (code, errors) == (0, [])
    first = re.escape(f"{backup}: 13 rows of ") + r"[-\d]{10} [:\d]{8} UTC restored, "
    assert re.fullmatch(first + r"0 claims replaced\.", printed[0])
    assert printed[-1] == "All sign-ins have ended."


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets CME_SECRET for the following commands."""

    def use(value: str) -> None:
        monkeypatch.setenv("CME_SECRET", value)
        settings.cache_clear()

    return use


UNKNOWN = "Not authenticated: the digest shows that the file is not damaged, not who wrote it."
NEVERTHELESS = (
    "Whoever could write to the file may have changed names and hours in it. To restore it "
    "nevertheless, add --unauthenticated; nothing was changed."
)


def test_a_backup_is_authenticated_where_a_secret_is_set(
    backup: Path, tmp_path: Path, secret: Callable[[str], None]
) -> None:
    assert cme_output("restore", backup)[1][1] == UNKNOWN
    file = tmp_path / "authenticated.gz"
    secret("the secret of this server, which is long")
    assert cme_output("backup", file)[1][1] == "Authenticated with CME_SECRET."
    assert cme_output("restore", file)[1][1] == "Authenticated with CME_SECRET."
    file.write_bytes(forged(b"Facelift", b"Facelit")(file.read_bytes()))
    reason = "it was changed by somebody who does not have CME_SECRET"
    remedy = "Choose another backup; nothing was changed."
    rejected = f"{file} cannot be restored: {reason}. {remedy}"
    assert cme_output("restore", file) == (1, [], [rejected])
    assert cme_output("restore", file, "--unauthenticated") == (1, [], [rejected])


def test_a_backup_that_the_secret_does_not_authenticate_needs_to_be_meant(
    backup: Path, tmp_path: Path, secret: Callable[[str], None]
) -> None:
    secret("the secret of this server, which is long")
    invoke_cme("backup", tmp_path / "ours.gz")
    code, printed, errors = cme_output("restore", backup)
    assert (code, printed) == (1, [])
    assert errors == [
        f"{backup} is not authenticated: an older version made it, or CME_SECRET was not set, or "
        f"somebody removed its code. {NEVERTHELESS}"
    ]
    assert cme_output("restore", backup, "--unauthenticated")[1][1] == UNKNOWN
    for other in ("another secret, of another server", ""):
        secret(other)
        code, printed, errors = cme_output("restore", tmp_path / "ours.gz")
        assert (code, printed) == (1, [])
        assert errors == [
            f"{tmp_path / 'ours.gz'} was authenticated with another secret than CME_SECRET. "
            f"Set CME_SECRET to that secret for this command. {NEVERTHELESS}"
        ]
        assert cme_output("restore", tmp_path / "ours.gz", "--unauthenticated")[1][1] == UNKNOWN


def test_both_answer_a_program_too(backup: Path, tmp_path: Path) -> None:
    written = json.loads(invoke_cme("backup", tmp_path / "second.gz", "--json").stdout)
    restored = json.loads(invoke_cme("restore", backup, "--json").stdout)
    assert (written["revision"], written["rows"]["attendee"]) == (newest_revision(), 2)
    assert (restored["claims_replaced"], restored["rows"]) == (0, written["rows"])


def test_a_backup_is_not_replaced_unless_that_is_said(backup: Path) -> None:
    before = backup.read_bytes()
    remedy = "Replace it with --force, or choose another name."
    assert cme_output("backup", backup) == (1, [], [f"{backup} already exists. {remedy}"])
    assert backup.read_bytes() == before
    assert invoke_cme("backup", backup, "--force").exit_code == 0


def test_a_backup_into_no_folder_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "none" / "b.gz"
    assert cme_output("backup", file) == (
        1,
        [],
        [f"{file} cannot be written: No such file or directory."],
    )


Damage = Callable[[bytes], bytes]
CHANGED, CUT, STRANGE = (
    "its content was changed",
    "its end is missing",
    "it is not a backup of this program",
)


def content(change: Callable[[bytes], bytes]) -> Damage:
    """A damaged file with valid compression."""
    return lambda data: gzip.compress(change(gzip.decompress(data)))


def forged(old: bytes, new: bytes) -> Damage:
    """A damaged file with valid compression and a matching checksum."""

    def change(text: bytes) -> bytes:
        assert old in text
        *lines, last = text.replace(old, new, 1).splitlines(keepends=True)
        digest = hashlib.sha256(b"".join(lines)).hexdigest()
        return b"".join(lines) + json.dumps(json.loads(last) | {"sha256": digest}).encode() + b"\n"

    return content(change)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: b"", "it is empty"),
        (lambda data: data[: len(data) // 2], CUT),
        (lambda data: data[:-1], CUT),
        (lambda data: data[:3], CUT),
        (lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:], CHANGED),
        (lambda data: data + b"x", STRANGE),
        (lambda data: data + data, "there is data after its last line"),
        (gzip.decompress, STRANGE),
        (lambda data: b"PK\x03\x04" + data, STRANGE),
        (lambda data: gzip.compress(b'{"a": 1}\n'), STRANGE),
        (lambda data: gzip.compress(b"SQLite format 3\x00"), CHANGED),
        (lambda data: gzip.compress(b"\xff\xfe\n"), CHANGED),
        (content(lambda text: text[: text.rindex(b"\n{") + 1]), CUT),
        (content(lambda text: text.replace("Núñez".encode(), b"Nunez", 1)), CHANGED),
        (content(lambda text: text.replace(b'"B1"', b'"B9"', 1)), CHANGED),
        (content(lambda text: text.replace(b"\n[1,", b"\n", 1)), CHANGED),
        (content(lambda text: b"\n".join(text.split(b"\n")[1:])), STRANGE),
        (forged(b'"live"', b'"by post"'), "its rows do not hold together"),
        (forged(b'"taken_at"', b'"given_at"'), CHANGED),
    ],
)
def test_a_broken_backup_is_refused_and_nothing_is_written(
    backup: Path, tmp_path: Path, damage: Damage, reason: str
) -> None:
    backup.write_bytes(damage(backup.read_bytes()))
    assert invoke_cme("backup", tmp_path / "before.gz").exit_code == 0
    remedy = "Choose another backup; nothing was changed."
    assert cme_output("restore", backup, "--replace") == (
        1,
        [],
        [f"{backup} cannot be restored: {reason}. {remedy}"],
    )
    assert invoke_cme("backup", tmp_path / "after.gz").exit_code == 0
    assert _rows(tmp_path / "after.gz") == _rows(tmp_path / "before.gz")


def _rows(backup: Path) -> list[bytes]:
    """All lines except the first and the last, which depend on the time."""
    return gzip.decompress(backup.read_bytes()).splitlines()[1:-1]


def test_a_backup_of_a_newer_program_is_refused(backup: Path) -> None:
    old = f'"revision":"{newest_revision()}"'.encode()
    backup.write_bytes(forged(old, b'"revision":"9999"')(backup.read_bytes()))
    assert cme_output("restore", backup) == (
        1,
        [],
        [
            f"{backup} has the revision 9999, which is unknown to this version of the program. "
            "Install a newer version; nothing was changed."
        ],
    )


def test_a_backup_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "none.gz"
    assert cme_output("restore", file) == (1, [], [f"There is no file {file}. Check its name."])
    assert cme_output("restore", tmp_path) == (
        1,
        [],
        [f"{tmp_path} cannot be read: Is a directory."],
    )


def test_a_purge_wants_to_be_meant(files: FolderFiles) -> None:
    assert cme_output("purge", "--before", "2020-01-01") == (
        1,
        [],
        ["This deletes records permanently. Preview with --dry-run, delete with --yes."],
    )
    nothing = "No meeting that ended before 2020-01-01 has records to delete."
    assert cme_output("purge", "--before", "2020-01-01", "--yes") == (0, [nothing], [])


def test_a_date_within_six_years_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # October 3 in UTC, and still the day before in the west.
    now = datetime(2030, 10, 3, 11, tzinfo=UTC)
    monkeypatch.setattr("cme_reflex.cli.operations.purge.clock", lambda: now)
    assert cme_output("purge", "--before", "2024-10-03", "--dry-run") == (
        1,
        [],
        [
            "--before 2024-10-03 is too recent: records are kept for 6 years from the activity. "
            "The latest date today is 2024-10-02; nothing was deleted."
        ],
    )
    assert cme_output("purge", "--before", "soon", "--dry-run") == (
        1,
        [],
        ["--before soon is not a valid date. Write it as 2018-12-31."],
    )


def test_a_rehearsed_purge_tells_what_the_real_one_deletes(files: FolderFiles) -> None:
    for key, value in (
        ("starts_on = 2024", "starts_on = 2012"),
        ("ends_on = 2024", "ends_on = 2012"),
        ("opens_at = 2024", "opens_at = 2012"),
        ("closes_at = 2030", "closes_at = 2013"),
    ):
        files.replace("meeting.toml", key, value)
    invoke_cme("meeting", "load", files.write())
    meeting = "test24, ended 2012-09-29: 2 rows"
    assert cme_output("purge", "--before", "2013-01-01", "--dry-run") == (
        0,
        [f"{meeting} would be deleted.", "  attendee: 2", "Nothing was deleted."],
        [],
    )
    rehearsed = json.loads(
        invoke_cme("purge", "--before", "2013-01-01", "--dry-run", "--json").stdout
    )
    done = json.loads(invoke_cme("purge", "--before", "2013-01-01", "--yes", "--json").stdout)
    assert (rehearsed.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert (
        done
        == rehearsed
        == {
            "before": "2013-01-01",
            "meetings": [{"meeting": "test24", "ended_on": "2012-09-29", "rows": {"attendee": 2}}],
        }
    )
    assert cme_output("purge", "--before", "2013-01-01", "--yes")[1] == [
        "No meeting that ended before 2013-01-01 has records to delete."
    ]
