"""Benchmark of twenty meetings in one process, compared with one of them alone.

    .venv/bin/python -m benchmarks.many_meetings ../shared/data/programmes/fosdem2025.xml [rounds]

Each meeting has 300 sessions and 2,000 attendees. Both servers run at the same time, and are
measured in turn; the fifty clients of the twenty meetings are spread over all of them. Then one of
the twenty is loaded again and again, each time with a changed session, while the clients use the
others.
"""

import asyncio
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks import story
from benchmarks.figures import Figures, p95
from benchmarks.meetings import NO_LIMIT, Meeting, Site, make_meeting
from cme_reflex.settings import ROOT
from tests.support.e2e.cme_server import free_port, run_cme
from tests.support.e2e.sockets.async_socket_client import TabClient

MEETINGS, SESSIONS, TIMES_THE_DEMO = 20, 300, 4
CLIENTS, LETTERS, ADDS, ROUNDS = 50, 20, 20, 5
INTERVAL = 1.0  # seconds between the events of a client while a meeting is loaded
LOADS = 5


@dataclass
class Served:
    """A server with these meetings, and what is measured of it."""

    sites: Sequence[Site]
    start: float  # seconds
    memory: int = 0  # bytes, at the end
    letter: Figures = field(default_factory=Figures)
    add: Figures = field(default_factory=Figures)

    def __str__(self) -> str:
        return f"{self.start:.1f} | {self.memory / 1e6:.0f} | {self.letter} | {self.add}"


def main(programme: Path, rounds: int = ROUNDS) -> None:
    """Print the figures of docs/benchmarks.md."""
    run_cme("build")
    with tempfile.TemporaryDirectory(prefix="cme-bench-") as name:
        folder = Path(name)
        meetings = [
            make_meeting(programme, SESSIONS, folder, code=f"m{number}", people=TIMES_THE_DEMO)
            for number in range(1, MEETINGS + 1)
        ]
        databases = [_database(folder, some) for some in (meetings[:1], meetings)]
        with (
            _serve(meetings[:1], databases[0], folder / "one.log") as alone,
            _serve(meetings, databases[1], folder / "all.log") as many,
        ):
            asyncio.run(_compare(alone, many, rounds))
            quiet, loading, loads = asyncio.run(_load_beside(many.sites, databases[1]))
    print("| | start, s | memory, MB | letters per second | p95, ms | Adds per second | p95, ms |")
    print("|---|---|---|---|---|---|---|")
    print(f"| one meeting | {alone} |\n| {MEETINGS} meetings | {many} |\n")
    print(f"- letter, {MEETINGS} beside one: {alone.letter.rate / many.letter.rate:.2f} times")
    print(f"- Add, {MEETINGS} beside one: {alone.add.rate / many.add.rate:.2f} times")
    print(f"- loads of another meeting: {statistics.median(loads):.1f} s each")
    print(
        f"- p95 of letters and Adds {p95(quiet):.0f} ms, and {p95(loading):.0f} ms during the loads"
    )


def _database(folder: Path, meetings: Sequence[Meeting]) -> str:
    url = f"sqlite:///{folder}/{len(meetings)}.db"
    run_cme("db", "upgrade", CME_DATABASE_URL=url)
    for meeting in meetings:
        run_cme("meeting", "load", str(meeting.folder), CME_DATABASE_URL=url)
    return url


@contextmanager
def _serve(meetings: Sequence[Meeting], database_url: str, log: Path) -> Iterator[Served]:
    """Serve the database by a process of its own: a fork would share memory, and start sooner."""
    port = free_port()
    command = [sys.executable, "-m", "cme_reflex.cli", "serve", "--port", str(port)]
    environment = {**os.environ, **NO_LIMIT, "CME_DATABASE_URL": database_url}
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        while not _is_healthy(url):
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        served = Served([Site(each, url, process.pid) for each in meetings], seconds)
        yield served
        served.memory = served.sites[0].memory()
    finally:
        process.terminate()
        process.wait()


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


async def _compare(alone: Served, many: Served, rounds: int) -> None:
    for index in range(rounds):
        for served in (alone, many):
            async with _tabs(served.sites, index) as tabs:
                await served.letter.measure([story.letters(each, LETTERS) for each in tabs])
                await served.add.measure([story.adds(each)[:ADDS] for each in tabs])


async def _load_beside(
    sites: Sequence[Site], database_url: str
) -> tuple[list[float], list[float], list[float]]:
    """The clients' waits without and with loads of a meeting that none of them uses; the loads."""
    changed, *used = sites
    async with _tabs(used, ROUNDS) as tabs:
        waits: tuple[list[float], list[float]] = ([], [])
        using = [asyncio.create_task(_use(each, waits[0])) for each in tabs]
        await asyncio.sleep(5)
        _stop(using)
        using = [asyncio.create_task(_use(each, waits[1])) for each in tabs]
        loads = [await _load(changed.meeting, number, database_url) for number in range(LOADS)]
        _stop(using)
    return *waits, loads


async def _use(tab: TabClient, waits: list[float]) -> None:
    """Type and add sessions as somebody does who looks for them; each wait in seconds."""
    while True:
        for step in (*story.letters(tab, 4), *story.adds(tab)[:1]):
            started = time.perf_counter()
            await step()
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(INTERVAL)


def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            task.result()  # raises what ended it
        task.cancel()


async def _load(meeting: Meeting, number: int, database_url: str) -> float:
    """Load the meeting with a new title of its first session, and return the seconds it took."""
    table = meeting.folder / "sessions.csv"
    with table.open(encoding="utf-8", newline="") as file:
        first, *rest = csv.DictReader(file)
    first["title"] = f"Changed {number}"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, first)
        writer.writeheader()
        writer.writerows([first, *rest])
    command = (sys.executable, "-m", "cme_reflex.cli", "meeting", "load", str(meeting.folder))
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**os.environ, "CME_DATABASE_URL": database_url},
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert not await process.wait()
    return time.perf_counter() - started


@asynccontextmanager
async def _tabs(sites: Sequence[Site], index: int) -> AsyncIterator[list[TabClient]]:
    """Tabs with the list of sessions, spread over the meetings; of other people in each round."""
    async with AsyncExitStack() as stack:
        tabs = []
        for number in range(index * CLIENTS, (index + 1) * CLIENTS):
            site = sites[number % len(sites)]
            async with httpx.AsyncClient(base_url=site.url) as http:
                cookie = await site.sign_in(http, site.meeting.people[number])
            tab = await stack.enter_async_context(site.open_tab(cookie))
            await tab.open_page("sessions")
            tabs.append(tab)
        yield tabs


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
