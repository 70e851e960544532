"""An attendee without a browser, many of whom fit into one process: a cookie and a socket.

The socket is Socket.IO as a page speaks it. An attendee sends one event at a time, as a person
does, and has its answer when the server's next update has come.
"""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

STATE_NAME = "cme_reflex___state___{page}____{page}"  # the state of a page, as Reflex names it
ROOT_STATE = "reflex___state____state"
HYDRATED = '"is_hydrated_rx_state_":true'
EVENT, JOIN, PING, PONG = "42/_event,", "40/_event,", "2", "3"
ROW = re.compile(r'\{"id":(\d+),"title":')
PATIENCE = 120  # seconds; a crowd that asks at once is answered one by one


class TabClient:
    """One connection that has joined. What it asks is asked of the state of a page."""

    def __init__(self, socket: ClientConnection, state: str) -> None:
        self._socket = socket
        self._state = state
        self.shown = ""  # all that the page was sent when it was opened
        self._updates: asyncio.Queue[str] = asyncio.Queue()
        self._hearing = asyncio.create_task(self._hear())

    async def open_page(self, path: str, query: str = "") -> None:
        """Open a page, as a browser does first, and wait until it shows what it has."""
        await self._send(f"{ROOT_STATE}.hydrate_and_load", {"hashes": []}, path, query)
        self.shown = update = await self._update()
        while HYDRATED not in update:
            update = await self._update()
            self.shown += update

    def sessions(self) -> list[int]:
        """The ids of the sessions that the page shows, in their order."""
        return [int(found) for found in ROW.findall(self.shown)]

    async def ask(self, page: str, handler: str, **payload: Any) -> str:
        """Send an event to the state of a page; the update that answers it."""
        state = self._state.format(page=page)
        await self._send(f"{ROOT_STATE}.{state}.{handler}", payload, page)
        return await self._update()

    async def command(self, page: str, handler: str, **payload: Any) -> None:
        """Send what changes the claim. Raises RuntimeError where it was not written."""
        command = uuid.uuid4().hex
        update = await self.ask(page, handler, **payload, command=command)
        if f'"applied_rx_state_":"{command}"' not in update or '"problem_rx_state_":"' in update:
            raise RuntimeError(f"{handler} was not done: {update}")

    async def _send(self, name: str, payload: dict[str, Any], path: str, query: str = "") -> None:
        place = {"pathname": f"/{path}", "asPath": f"/{path}{query}"}
        event = {"name": name, "payload": payload, "router_data": place}
        await self._socket.send(f"{EVENT}{json.dumps(['event', event])}")

    async def _update(self) -> str:
        async with asyncio.timeout(PATIENCE):
            update = await self._updates.get()
        if not update:
            raise ConnectionError(f"closed: {self._socket.close_code} {self._socket.close_reason}")
        return update

    async def _hear(self) -> None:
        with suppress(ConnectionClosed):
            async for message in self._socket:
                if message == PING:
                    await self._socket.send(PONG)
                elif isinstance(message, str) and message.startswith(EVENT):
                    self._updates.put_nowait(message)
        self._updates.put_nowait("")


async def sign_in(http: httpx.AsyncClient, last_name: str, badge: str) -> str:
    """Sign in with a badge; the cookie. Raises RuntimeError where it was refused."""
    form = {"way": "badge", "last_name": last_name, "number": badge}
    http.cookies.clear()  # a sign-in ends the one whose cookie comes with it
    answer = await http.post("/sign-in", data=form)
    if "set-cookie" not in answer.headers:
        raise RuntimeError(f"{answer.status_code} {answer.headers.get('location')}")
    return answer.headers["set-cookie"].partition(";")[0]


@asynccontextmanager
async def open_tab(
    url: str, cookie: str = "", *, state: str = STATE_NAME
) -> AsyncIterator[TabClient]:
    """A connection from its handshake to its end."""
    address = f"{url.replace('http', 'ws', 1)}/_event/?token={uuid.uuid4()}"
    async with connect(
        f"{address}&EIO=4&transport=websocket",
        additional_headers={"Cookie": cookie} if cookie else {},
        compression=None,  # a browser's costs its own processor, not that of a neighbour
        ping_interval=None,  # the server asks
        open_timeout=PATIENCE,
    ) as socket:
        await socket.recv()
        await socket.send(JOIN)
        await socket.recv()
        yield TabClient(socket, state)
