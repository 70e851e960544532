"""A process is killed at random moments while it writes; what it acknowledged is there."""

import multiprocessing
import random
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.support.database.acknowledging_writer import write_until_killed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLS = 100
# Each process is a fork of one that has all modules, which takes longer than what is tested.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([write_until_killed.__module__])


def test_all_that_was_acknowledged_and_nothing_that_failed_survives_a_hundred_kills(
    sqlite_template: Path, tmp_path: Path
) -> None:
    choice = random.Random(20240926)  # noqa: S311 - repeatable is what is wanted
    file = shutil.copy(sqlite_template, tmp_path / "cme.db")
    url = f"sqlite:///{file}"
    acknowledged: set[str] = set()
    for run in range(KILLS):
        told = _written_until_killed(url, run, choice.uniform(0.0, 0.3))
        acknowledged |= told
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = [actor for (actor,) in database.execute("SELECT actor FROM operation")]
        assert len(rows) == len(set(rows))
        assert acknowledged <= set(rows)
        assert {actor.split()[0] for actor in rows} <= {"kept", "cancelled"}
    # The load was a load: much was acknowledged, also where it ran again beside one that hung.
    assert len(acknowledged) > 10 * KILLS


def _written_until_killed(url: str, run: int, seconds: float) -> set[str]:
    """What a process said of what it wrote, from its first row on for so many seconds."""
    ours, its = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=write_until_killed, args=(url, run, its))
    process.start()
    its.close()
    told = {ours.recv()}
    time.sleep(seconds)
    process.kill()
    process.join()
    with closing(ours), suppress(EOFError, OSError):  # the last one may be cut off
        while True:
            told.add(ours.recv())
    return told
