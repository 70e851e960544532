"""`cme reporting`: check, export and rejections, with their files and messages."""

import asyncio
import json
import os
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.reporting import opt_in, pars
from cme_reflex.services.sign_in.authentication import authenticate
from cme_reflex.services.sign_in.credentials import sign_in_with_badge
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.settings import settings
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.store.reporting.tables import OptInRow
from tests.support.attendees import opt_in_and_submit
from tests.support.cli import cme_output
from tests.support.database.table_rows import execute
from tests.support.meetings import FOLDER, MEETING

pytestmark = pytest.mark.usefixtures("chosen_database")

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
UNKNOWN = "The meeting other is not loaded. See cme meeting list, or load it: cme meeting load DIR"
NAMES = ("test24-pars-001.xlsx", "test24-pars-001.txt")
LEARNER = "202412345\t09/29/2024\tKim\tO'Brien-Núñez\t02/29\tTexas\t1234567893\t1.50\t\t\t\t\t\t"


@pytest.fixture
def unmigrated_url(database_url: str) -> str:
    """One that is migrated already: what is typed here does not migrate."""
    return database_url


@pytest.fixture(autouse=True)
def current_meeting(chosen_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CME_MEETING", MEETING.code)
    settings.cache_clear()


def run(url: str, intention: Coroutine[Any, Any, Any]) -> Any:
    """Run a service in the command's database, as the application would."""

    async def with_database() -> Any:
        open_database(url)
        programme_cache.clear()
        try:
            return await intention
        finally:
            await close_database()

    return asyncio.run(with_database())


async def signed_in() -> RequestContext:
    token = await sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=NOW)
    return await authenticate(MEETING.code, token, now=NOW)


async def submitted() -> None:
    await load_meeting(FOLDER, now=NOW)
    await opt_in_and_submit(await signed_in(), NOW)


@pytest.fixture
def out(tmp_path: Path, unmigrated_url: str) -> Path:
    """A folder for the files, with one attendee who consented and submitted."""
    run(unmigrated_url, submitted())
    return tmp_path / "out"


def report(out: Path, *more: str) -> tuple[int, list[str], list[str]]:
    return cme_output("reporting", "export", "--out", out, *more)


def test_what_is_new_is_exported_once(out: Path) -> None:
    files = [f"  {out / name}" for name in NAMES]
    assert report(out) == (0, ["test24, batch 1: 1 Add, 0 Delete", *files], [])
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES)
    lines = (out / NAMES[1]).read_text("utf-8").splitlines()
    assert lines[2:] == [f"Add\t{LEARNER}"]
    assert report(out) == (
        0,
        ["test24: there is nothing new to report since batch 1. No file was written."],
        [],
    )


def test_a_program_reads_what_was_exported(out: Path) -> None:
    code, lines, _ = report(out, "--json")
    assert code == 0
    assert json.loads("\n".join(lines)) == {
        "meeting": "test24",
        "batch": 1,
        "adds": 1,
        "deletes": 0,
        "left_out": 0,
        "files": [str(out / name) for name in NAMES],
    }
    code, lines, _ = report(out, "--json")
    assert (code, json.loads("\n".join(lines))["batch"]) == (0, None)


def test_a_withdrawn_consent_is_a_delete_word_for_word(out: Path, unmigrated_url: str) -> None:
    report(out)

    async def withdraws() -> None:
        await opt_in.withdraw_opt_in(await signed_in(), now=NOW)

    run(unmigrated_url, withdraws())
    assert report(out)[1][0] == "test24, batch 2: 0 Add, 1 Delete"
    lines = (out / "test24-pars-002.txt").read_text("utf-8").splitlines()
    assert lines[2:] == [f"Delete\t{LEARNER}"]


def test_a_batch_is_written_again_with_the_same_bytes(out: Path) -> None:
    report(out)
    made = [(out / name).read_bytes() for name in NAMES]
    (out / NAMES[0]).unlink()
    assert report(out, "--again", "1")[0] == 1
    assert report(out, "--again", "1", "--force")[1][0] == "test24, batch 1: 1 Add, 0 Delete"
    assert [(out / name).read_bytes() for name in NAMES] == made
    unknown = "There is no batch 7 of test24. The newest is 1."
    assert report(out, "--again", "7") == (1, [], [unknown])


def test_files_that_were_not_finished_come_first(out: Path, unmigrated_url: str) -> None:
    """The state after a crash between saving the batch and delivering its files."""
    crash = pars.create_batch(MEETING.code, 1, actor="staff", now=NOW, write=lambda batch: None)
    run(unmigrated_url, crash)
    remedy = "Write its files with: cme reporting export --again 1"
    assert report(out) == (1, [], [f"The files of batch 1 were not finished. {remedy}"])
    assert report(out, "--again", "1")[0] == 0
    assert report(out)[1][0].startswith("test24: there is nothing new to report since batch 1.")


def test_a_file_that_cannot_be_put_in_its_place_is_told_and_can_be_written_again(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*paths: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cme_reflex.cli.files.shutil.move", full)
    assert report(out) == (
        1,
        [],
        [
            (
                f"{out} cannot be written to: Permission denied. Batch 1 is saved. "
                "Write its files with: cme reporting export --again 1"
            )
        ],
    )
    assert list(out.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:

        def fsync(file: int) -> None:
            raise OSError(28, "No space left on device")

        full.setattr(os, "fsync", fsync)
        assert report(out) == (1, [], [f"{out} cannot be written to: No space left on device."])
    assert list(out.iterdir()) == []
    assert report(out)[1][0] == "test24, batch 1: 1 Add, 0 Delete"


def test_a_file_that_is_there_is_not_replaced_and_nothing_is_remembered(out: Path) -> None:
    out.mkdir()
    (out / NAMES[1]).write_text("somebody's")
    code, _, errors = report(out)
    assert (code, errors) == (
        1,
        [f"{out / NAMES[1]} already exists. Replace it with --force, or choose another --out."],
    )
    assert report(out, "--force")[1][0] == "test24, batch 1: 1 Add, 0 Delete"


def test_the_check_passes_and_tells_what_is_due(out: Path) -> None:
    assert cme_output("reporting", "check") == (
        0,
        [
            "test24: 1 attendee consented and submitted; 0 consented and did not submit yet.",
            "ACCME asks for the report by Oct 29, 2024; PARS closes the year on Mar 31, 2025.",
        ],
        [],
    )


def test_the_check_lists_what_pars_would_reject_by_attendee(out: Path, unmigrated_url: str) -> None:
    run(unmigrated_url, execute(sa.update(OptInRow).values(npi="123", state="TX")))
    code, lines, errors = cme_output("reporting", "check")
    assert (code, lines[2:], errors) == (
        1,
        [
            "  badge 101, Kim O'Brien-Núñez Jr, state: Choose a state from the list.",
            (
                "  badge 101, Kim O'Brien-Núñez Jr, npi: Check the number: it is not a valid "
                "ten-digit NPI."
            ),
            "PARS would reject 1 attendee.",
        ],
        [],
    )
    code, lines, _ = cme_output("reporting", "check", "--json")
    assert code == 1
    assert json.loads("\n".join(lines))["refused"] == [
        {
            "badge": "101",
            "name": "Kim O'Brien-Núñez Jr",
            "faults": {"state": "no_such_state", "npi": "not_an_npi"},
            "rejection": "",
        }
    ]


@pytest.fixture
def answer(out: Path) -> Path:
    """PARS's response to the first batch: everything was rejected."""
    report(out)
    guidance, headings, row = (out / NAMES[1]).read_text("utf-8").splitlines()
    file = out / "answer.txt"
    file.write_text(f"{guidance}\n{headings}\tError\n{row}\tLicense not found\n", "utf-8")
    return file


def test_rejections_are_taken_in_once_and_rejected_rows_wait_until_they_are_corrected(
    out: Path, answer: Path
) -> None:
    assert cme_output("reporting", "rejected", answer) == (
        0,
        ["test24: 1 rejected, 0 imported before."],
        [],
    )
    assert cme_output("reporting", "check")[:2] == (
        1,
        [
            "test24: 1 attendee consented and submitted; 0 consented and did not submit yet.",
            "ACCME asks for the report by Oct 29, 2024; PARS closes the year on Mar 31, 2025.",
            (
                "  badge 101, Kim O'Brien-Núñez Jr: PARS rejected it, and nothing was corrected "
                "since: License not found"
            ),
            "PARS would reject 1 attendee.",
        ],
    )
    assert report(out) == (
        0,
        [
            "test24: there is nothing new to report since batch 1. No file was written.",
            "  1 attendee left out: cme reporting check",
        ],
        [],
    )
    sent = report(out, "--with-rejected")
    assert sent[1][0] == "test24, batch 2: 1 Add, 0 Delete"
    assert cme_output("reporting", "rejected", answer)[1] == [
        "answer.txt was imported before; nothing was changed.",
        "If PARS answered a later batch in the same words, name it: --batch",
    ]
    code, lines, _ = cme_output("reporting", "rejected", answer, "--batch", "2", "--json")
    assert (code, json.loads("\n".join(lines))) == (
        0,
        {"meeting": "test24", "rejected": 1, "known": 0, "before": False},
    )


def test_a_row_that_was_never_reported_is_named_and_nothing_is_taken_in(
    out: Path, answer: Path
) -> None:
    text = answer.read_text("utf-8")
    answer.write_text(text + text.splitlines()[2].replace("Texas", "Ohio") + "\n", "utf-8")
    assert cme_output("reporting", "rejected", answer) == (
        1,
        [],
        [
            (
                "answer.txt, row 4: This row was never reported. "
                "Import the rejections of this meeting."
            ),
            "1 fault; nothing was changed.",
        ],
    )
    assert report(out)[1][0].startswith("test24: there is nothing new")


def test_a_file_that_is_not_there_and_a_meeting_that_is_not_known_are_told(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cme_output("reporting", "rejected", out / "none.txt") == (
        1,
        [],
        [f"There is no file {out / 'none.txt'}."],
    )
    monkeypatch.setenv("CME_MEETING", "other")
    settings.cache_clear()
    for words in (("check",), ("export", "--out", str(out))):
        code, _, errors = cme_output("reporting", *words)
        assert (code, errors[0]) == (
            1,
            UNKNOWN,
        )
    assert not out.exists()


def test_without_an_activity_id_nothing_is_exported(out: Path, unmigrated_url: str) -> None:
    terms = replace(MEETING.reporting, pars_activity_id="")
    changed = replace(FOLDER, meeting=replace(MEETING, reporting=terms))
    run(unmigrated_url, load_meeting(changed, now=NOW))
    remedy = (
        "meeting.toml, reporting.pars_activity_id: PARS accepts no row without the activity's ID. "
        "Write its nine digits and load the meeting."
    )
    assert report(out) == (1, [], [remedy])
    code, lines, _ = cme_output("reporting", "check")
    assert (code, lines[2]) == (1, remedy)
