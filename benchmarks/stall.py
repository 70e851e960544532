"""Benchmark of the longest stall: how long one message of a client keeps the event loop busy.

    .venv/bin/python -m benchmarks.stall ../shared/data/programmes/fosdem2025.xml

One attendee sends the messages that cost most, as long as they may be. While the server works on
one, another client asks it for a pong without pause; the longest wait for a pong is the stall. With
nothing to do, it is what the machine does besides. The figures are medians over the rounds, with
minimum and maximum.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import httpx

from benchmarks.meetings import Site, make_meeting, serve
from tests.support.e2e.cme_server import run_cme
from tests.support.e2e.sockets.async_socket_client import TabClient

ROUNDS = 9
LONG = 60_000  # characters; a message has at most 65,536
TEXTS = {"x": "x", "U+FDFA": "\ufdfa", "U+3316": "\u3316", "words": "a b ", "accents": "e\u0301"}

Send = Callable[[], Awaitable[object]]


def main(programme: Path, rounds: int = ROUNDS) -> None:
    """Print the longest stall for each kind of message, and for the page with the list."""
    run_cme("build")
    with tempfile.TemporaryDirectory(prefix="cme-bench-") as name:
        folder = Path(name)
        meeting = make_meeting(programme, 943, folder)
        database = f"sqlite:///{folder / 'stall.db'}"
        with serve(meeting, database, folder / "stall.log") as site:
            stalls = asyncio.run(_measure(site, rounds))
    print("| message | longest wait for a pong, ms |\n|---|---|")
    for message, waits in stalls.items():
        print(f"| {message} | {_figure(waits)} |")


async def _measure(site: Site, rounds: int) -> dict[str, list[float]]:
    async with httpx.AsyncClient(base_url=site.url) as http:
        cookie = await site.sign_in(http, site.meeting.people[0])
        async with site.open_tab(cookie) as tab, site.open_tab() as prober:
            await tab.open_page("sessions")
            messages = _messages(f"/{site.meeting.code}", tab, http, cookie)
            stalls: dict[str, list[float]] = {name: [] for name in messages}
            for _ in range(rounds):
                for name, send in messages.items():
                    stalls[name].append(await _longest_wait(prober, send))
    return stalls


def _messages(
    meeting: str, tab: TabClient, http: httpx.AsyncClient, cookie: str
) -> dict[str, Send]:
    session = tab.sessions()[0]

    async def longest_texts(send: Callable[[str], Awaitable[object]]) -> None:
        for text in TEXTS.values():
            await send(text * (LONG // len(text)))

    def page(query: str) -> Awaitable[object]:
        params, headers = {"q": query[:2_000]}, {"cookie": cookie}
        return http.get(f"{meeting}/sessions", params=params, headers=headers)

    def sign_in(text: str) -> Awaitable[object]:
        return http.post(f"{meeting}/sign-in", data={"last_name": text[:400], "number": "9"})

    return {
        "nothing": lambda: asyncio.sleep(0.2),
        "a search for the longest texts": lambda: longest_texts(
            lambda text: tab.ask("sessions", "search", query=text)
        ),
        "an answer of the longest texts": lambda: longest_texts(
            lambda text: tab.ask(
                "evaluation", "answer", session_id=session, question="comment", value=text
            )
        ),
        "the longest opt-in form": lambda: longest_texts(
            lambda text: tab.ask(
                "reporting",
                "opt_in",
                form={"first_name": text[:30_000], "licence_id": text[:29_000]},
            )
        ),
        "opening the list": lambda: tab.open_page("sessions"),
        "the page of the list with a search": lambda: longest_texts(page),
        "the longest form, to sign in": lambda: longest_texts(sign_in),
    }


async def _longest_wait(prober: TabClient, send: Send) -> float:
    """The longest wait for a pong while this is sent and answered, in milliseconds."""
    longest, sending = 0.0, asyncio.ensure_future(send())
    while not sending.done():
        started = time.perf_counter()
        await prober.ping()
        longest = max(longest, time.perf_counter() - started)
    await sending
    return 1_000 * longest


def _figure(waits: Sequence[float]) -> str:
    return f"{statistics.median(waits):.1f} ({min(waits):.1f}–{max(waits):.1f})"


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
