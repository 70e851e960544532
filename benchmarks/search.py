"""Benchmark of a search on the server: 943 sessions compared with 300 of them.

    .venv/bin/python benchmarks/search.py ../shared/data/programmes/fosdem2025.xml

A search is the server's work below the socket for one letter in the search field, with a real
database: authentication, the claim's snapshot, matching and sorting, and the rows of the window.
The figure for the computation alone, without the database, is printed beside it. Rounds alternate
between the two sizes, and the figures are medians.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cme_reflex.domain.credit.credit_type import Amount, CreditType
from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.programme.programme import Delivery, Programme
from cme_reflex.domain.programme.session_filter import (
    ClaimFilter,
    SessionFilter,
    SortOrder,
    filter_sessions,
)
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.records import MeetingFolder, SessionRecord
from cme_reflex.formats.programmes.convert import convert_programme
from cme_reflex.formats.programmes.items import ProgrammeItem, ProgrammeOptions
from cme_reflex.formats.programmes.normalize import duration_minutes
from cme_reflex.services.claims import claim_snapshot
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.settings import ROOT
from cme_reflex.state.views.session_window import window_at
from cme_reflex.store import migrate
from cme_reflex.store.engines import close_database, open_database

SMALL, ROUNDS = 300, 40
NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUERIES = (
    *("s", "se", "sec", "secu", "security", "security of", "linux kernel", "a", "the"),
    *("postgrseql", "reprodcuible builds", "xyzzy", ""),
)
FILTERS = tuple(
    SessionFilter(query=query, sort=sort, show=show)
    for query in QUERIES
    for sort in (SortOrder.DATE, SortOrder.TITLE)
    for show in (ClaimFilter.ALL, ClaimFilter.FITS)
)


async def main(file: Path) -> None:
    """Print the median time of a search for both sizes, and their ratio."""
    items = convert_programme(file, ProgrammeOptions(all_eligible=True)).sessions
    step = len(items) / SMALL
    samples = ([items[int(index * step)] for index in range(SMALL)], items)
    demo = read_meeting_folder(ROOT / "meetings" / "pstm24")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/cme.db"
        await migrate.upgrade(url)
        open_database(url)
        searches, computation = {}, {}
        for sample in samples:
            token, programme = await _load(demo, sample)
            searches[len(sample)] = _with_database(f"m{len(sample)}", token)
            computation[len(sample)] = _without_database(programme)
        await _compare("a search", searches)
        await _compare("its computation alone", computation)
        await close_database()


async def _compare(what: str, searches: dict[int, Callable[[], Awaitable[None]]]) -> None:
    durations: dict[int, list[float]] = {size: [] for size in searches}
    for search in searches.values():
        await search()  # builds the index, which is cached for each version of the programme
    for _ in range(ROUNDS):
        for size, search in searches.items():
            started = time.perf_counter()
            await search()
            durations[size].append((time.perf_counter() - started) / len(FILTERS) * 1_000)
    medians = {size: statistics.median(times) for size, times in durations.items()}
    for size, median in medians.items():
        print(f"{what}, {size} sessions: {median:.3f} ms, median of {ROUNDS} rounds")
    print(f"{what}, ratio: {medians[max(medians)] / medians[SMALL]:.2f}")


def _with_database(meeting: str, token: str) -> Callable[[], Awaitable[None]]:
    async def search() -> None:
        for session_filter in FILTERS:
            context, summary = await claim_snapshot.load(meeting, token_hash(token), now=NOW)
            _show(context.programme, session_filter, summary.claim.lines)

    return search


def _without_database(programme: Programme) -> Callable[[], Awaitable[None]]:
    async def search() -> None:
        for session_filter in FILTERS:
            _show(programme, session_filter, ())

    return search


def _show(programme: Programme, session_filter: SessionFilter, lines: Sequence[Line]) -> None:
    found = filter_sessions(programme, session_filter, lines)
    window_at(programme, found, 0, "B1", NOW, by_date=True, shown=())


async def _load(demo: MeetingFolder, items: Sequence[ProgrammeItem]) -> tuple[str, Programme]:
    """Load these items as a separate meeting, and sign in its first attendee."""
    code = f"m{len(items)}"
    meeting = replace(demo.meeting, code=code, time_zone="Europe/Brussels")
    sessions = tuple(_sessions(items, meeting.credit.primaries[0]))
    await load_meeting(replace(demo, meeting=meeting, sessions=sessions), now=NOW)
    first = demo.attendees[0]
    token = await credentials.sign_in_with_badge(code, first.last_name, first.badge, now=NOW)
    return token, (await authentication.authenticate(code, token, now=NOW)).programme


def _sessions(items: Sequence[ProgrammeItem], credit_type: CreditType) -> Iterator[SessionRecord]:
    """Session records of the items, all eligible, so that the search covers all."""
    for item in items:
        yield SessionRecord(
            code=item.code,
            title=item.title,
            kind=item.kind,
            track=item.track,
            room=item.room,
            starts_at=item.starts_at.astimezone(UTC),
            ends_at=item.ends_at.astimezone(UTC),
            speakers=item.speakers,
            delivery=Delivery.LIVE,
            credit={
                credit_type.code: max(credit_type.of_duration(duration_minutes(item)), Amount(1))
            },
            eligible=True,
        )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
