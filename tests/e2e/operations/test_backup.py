"""Backup and restore of a server under load, by the `cme` command."""

import gzip
import json
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.e2e.cme_server import run_cme, run_server
from tests.support.e2e.sockets.claimant import Claimant

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_backup_under_load_is_consistent_and_restored_while_serving(
    built: None, demo_database: Path, tmp_path: Path, people: Iterator[tuple[str, str]]
) -> None:
    database = Path(shutil.copy(demo_database, tmp_path / "cme.db"))
    url = f"sqlite:///{database}"
    rows = sqlite3.connect(database).execute(
        "SELECT id, title FROM session WHERE eligible AND title NOT IN "
        "(SELECT title FROM session GROUP BY title HAVING count(*) > 1) LIMIT 12"
    )
    sessions = [(int(number), str(title)) for number, title in rows]
    rng = random.Random(20240926)  # noqa: S311 - reproducible
    claimants = [Claimant(*next(people), sessions, rng) for _ in range(3)]
    with run_server(url, tmp_path / "server.log") as server:
        threads = [
            threading.Thread(target=claimant.run, args=(server.url,), daemon=True)
            for claimant in claimants
        ]
        for thread in threads:
            thread.start()
        backups = [tmp_path / f"{number}.gz" for number in range(3)]
        acknowledged = []
        for backup in backups:
            acknowledged.append({each.badge: each.acknowledged for each in claimants})
            run_cme("backup", str(backup), CME_DATABASE_URL=url)
        for backup, before in zip(backups, acknowledged, strict=True):
            _check_consistency(_content(backup), before)
        run_cme("restore", str(backups[0]), "--replace", CME_DATABASE_URL=url)
        after = tmp_path / "after.gz"
        run_cme("backup", str(after), CME_DATABASE_URL=url)
        _check_consistency(_content(after), {})
        # All sign-ins have ended: at most the commands in flight were applied afterwards.
        backed_up, restored = (_revisions(_content(file)) for file in (backups[0], after))
        assert backed_up.keys() <= restored.keys()
        assert all(count - backed_up.get(badge, 0) in {0, 1} for badge, count in restored.items())
        # The same server continues with the restored claims, without a restart.
        new_claimant = Claimant(claimants[0].last_name, claimants[0].badge, sessions, rng)
        worker = threading.Thread(target=new_claimant.run, args=(server.url,), daemon=True)
        worker.start()
        for _ in range(300):
            if new_claimant.acknowledged:
                break
            time.sleep(0.1)
        assert new_claimant.acknowledged > 0


def _content(backup: Path) -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = {}
    columns: list[str] = []
    rows: list[dict[str, Any]] = []
    for line in gzip.decompress(backup.read_bytes()).splitlines():
        item = json.loads(line)
        if isinstance(item, list):
            rows.append(dict(zip(columns, item, strict=True)))
        elif "table" in item:
            columns, rows = item["columns"], []
            content[item["table"]] = rows
    return content


def _check_consistency(
    content: dict[str, list[dict[str, Any]]], acknowledged: dict[str, int]
) -> None:
    """Every revision has its command, and includes everything acknowledged before the backup."""
    commands = [row["claim_id"] for row in content["command"]]
    for claim in content["claim"]:
        assert claim["revision"] == commands.count(claim["id"])
    revisions = _revisions(content)
    for badge, count in acknowledged.items():
        assert revisions.get(badge, 0) >= count


def _revisions(content: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    """The revision of the claim of each badge."""
    badges = {row["id"]: row["badge"] for row in content["attendee"]}
    return {badges[row["attendee_id"]]: row["revision"] for row in content["claim"]}
