"""What a search costs the server: 943 sessions against 300 of them, in turn, as medians.

    .venv/bin/python benchmarks/search.py ../shared/data/programmes/fosdem2025.xml

A search is what a letter in the search field makes the server do below the socket, with a real
database: who asks, the claim as it stands, what matches in which order, and the rows of the
window. The figure for the computing alone, without the database, is printed beside it.
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

from cme_reflex.domain.credit.claimable import Line
from cme_reflex.domain.credit.quarters import Quarters, nearest_quarters
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
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.settings import ROOT
from cme_reflex.state.sessions import CHUNK, _heads
from cme_reflex.state.views import presenters
from cme_reflex.store import migrate
from cme_reflex.store.database import close_database, open_database

SMALL, ROUNDS = 300, 40
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TYPED = (
    *("s", "se", "sec", "secu", "security", "security of", "linux kernel", "a", "the"),
    *("postgrseql", "reprodcuible builds", "xyzzy", ""),
)
LISTINGS = tuple(
    SessionFilter(query=query, sort=sort, show=show)
    for query in TYPED
    for sort in (SortOrder.DATE, SortOrder.TITLE)
    for show in (ClaimFilter.ALL, ClaimFilter.FITS)
)


async def main(file: Path) -> None:
    """Print the medians of each round's time for both sizes, and their ratio."""
    items = convert_programme(file, ProgrammeOptions()).sessions
    every = len(items) / SMALL
    samples = ([items[int(nth * every)] for nth in range(SMALL)], items)
    demo = read_meeting_folder(ROOT / "meetings" / "pstm24")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/cme.db"
        await migrate.upgrade(url)
        open_database(url)
        searches, alone = {}, {}
        for sample in samples:
            token, programme = await _load(demo, sample)
            searches[len(sample)] = _whole(f"m{len(sample)}", token)
            alone[len(sample)] = _computed(programme)
        await _compare("a search", searches)
        await _compare("its computing alone", alone)
        await close_database()


async def _compare(what: str, searches: dict[int, Callable[[], Awaitable[None]]]) -> None:
    taken: dict[int, list[float]] = {size: [] for size in searches}
    for search in searches.values():
        await search()  # the index is made once for a version of the programme
    for _ in range(ROUNDS):
        for size, search in searches.items():
            begun = time.perf_counter()
            await search()
            taken[size].append((time.perf_counter() - begun) / len(LISTINGS) * 1_000)
    medians = {size: statistics.median(times) for size, times in taken.items()}
    for size, median in medians.items():
        print(f"{what}, {size} sessions: {median:.3f} ms, median of {ROUNDS} rounds")
    print(f"{what}, ratio: {medians[max(medians)] / medians[SMALL]:.2f}")


def _whole(meeting: str, token: str) -> Callable[[], Awaitable[None]]:
    async def search() -> None:
        for listing in LISTINGS:
            context, summary = await claim_snapshot.load(meeting, token_hash(token), now=NOW)
            _show(context.programme, listing, summary.claim.lines)

    return search


def _computed(programme: Programme) -> Callable[[], Awaitable[None]]:
    async def search() -> None:
        for listing in LISTINGS:
            _show(programme, listing, ())

    return search


def _show(programme: Programme, listing: SessionFilter, lines: Sequence[Line]) -> None:
    found = filter_sessions(programme, listing, lines)
    heads = _heads(found, programme)
    for at, session in enumerate(found[:CHUNK]):
        presenters.session_row(session, programme, "B1", NOW, by_date=True, heads_day=at in heads)


async def _load(demo: MeetingFolder, items: Sequence[ProgrammeItem]) -> tuple[str, Programme]:
    """Load these items as a meeting of their own, and sign its first attendee in."""
    code = f"m{len(items)}"
    meeting = replace(demo.meeting, code=code, time_zone="Europe/Brussels")
    sessions = tuple(_sessions(items))
    await load_meeting(replace(demo, meeting=meeting, sessions=sessions), now=NOW)
    first = demo.attendees[0]
    token = await authentication.sign_in_with_badge(code, first.last_name, first.badge, now=NOW)
    return token, (await authentication.authenticate(code, token, now=NOW)).programme


def _sessions(items: Sequence[ProgrammeItem]) -> Iterator[SessionRecord]:
    """Records of the items. All are eligible, so that all of them are searched."""
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
            quarters=max(nearest_quarters(duration_minutes(item)), Quarters(1)),
            safety=Quarters(0),
            eligible=True,
        )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
