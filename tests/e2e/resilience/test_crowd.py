"""Load: two thousand tabs of five hundred attendees behind one IP address."""

import asyncio
import csv
import shutil
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

import httpx
import pytest

from tests.support.e2e.cme_server import CmeServer, run_server
from tests.support.e2e.devices import DEMO
from tests.support.e2e.sockets.async_socket_client import TabClient, open_tab, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

TABS_OF_EACH = 4
AT_ONCE = 50


@pytest.fixture
def own_server(built: None, demo_database: Path, tmp_path: Path) -> Iterator[CmeServer]:
    """A separate server of the demo meeting."""
    file = shutil.copy(demo_database, tmp_path / "cme.db")
    with run_server(f"sqlite:///{file}", tmp_path / "server.log") as server:
        yield server


def test_two_thousand_tabs_behind_one_address_are_all_served(own_server: CmeServer) -> None:
    with (DEMO / "attendees.csv").open(encoding="utf-8", newline="") as file:
        people = [(row["last_name"], row["badge"]) for row in csv.DictReader(file)]
    assert len(people) * TABS_OF_EACH == 2_000
    found = asyncio.run(_crowd(own_server.url, people))
    # Each gets a reply while all the others are connected.
    assert found == ["34 sessions"] * 2_000


async def _crowd(url: str, people: list[tuple[str, str]]) -> list[str]:
    async with httpx.AsyncClient(base_url=url) as http:
        cookies = [await sign_in(http, *person) for person in people]
    async with AsyncExitStack() as stack:
        tabs: list[TabClient] = []
        waiting = iter(cookies * TABS_OF_EACH)
        while some := list(islice(waiting, AT_ONCE)):
            tabs += await asyncio.gather(*(_open_list(stack, url, cookie) for cookie in some))
        return list(await asyncio.gather(*(_searches(each) for each in tabs)))


async def _open_list(stack: AsyncExitStack, url: str, cookie: str) -> TabClient:
    """A tab with the list. This client, unlike a page, does not connect again after a lag."""
    tab = await stack.enter_async_context(open_tab(url, cookie))
    await tab.open_page("sessions")
    return tab


async def _searches(each: TabClient) -> str:
    answer = await each.ask("sessions", "search", query="bre")
    return answer.partition('"found_rx_state_":"')[2].partition('"')[0]
