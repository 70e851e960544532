"""An attendee without a browser, many of whom fit into one process: cookie and socket.

The socket is Socket.IO as a page speaks it. What is sent is counted as answered when the server's
next update has come, so an attendee sends one event at a time, as a person does.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

OURS = "cme_reflex___state___{page}____{page}"  # the state of a page, as Reflex names it
EVENT = "42/_event,"
JOIN = "40/_event,"
PING, PONG = "2", "3"
PATIENCE = 30  # seconds


class Tab:
    """One connection, joined. `page` is the state whose events it sends."""

    def __init__(self, socket: ClientConnection, state: str) -> None:
        self._socket = socket
        self._state = state
        self._updates: asyncio.Queue[str] = asyncio.Queue()
        self._hearing = asyncio.create_task(self._hear())

    async def open_page(self, page: str) -> str:
        """Open a page, as a browser does first; its last update."""
        await self._send("reflex___state____state.hydrate_and_load", {"hashes": []}, page)
        while '"is_hydrated_rx_state_":true' not in (update := await self._update()):
            pass
        return update

    async def ask(self, page: str, handler: str, **payload: Any) -> str:
        """Send an event to the state of a page; the update that answers it."""
        await self._send(
            f"reflex___state____state.{self._state.format(page=page)}.{handler}", payload, page
        )
        return await self._update()

    async def command(self, page: str, handler: str, **payload: Any) -> str:
        """Send what changes the claim; the answer says that it is written."""
        command = uuid.uuid4().hex
        update = await self.ask(page, handler, **payload, command=command)
        if f'"applied_rx_state_":"{command}"' not in update:
            raise RuntimeError(f"{handler} is not acknowledged: {update}")
        return update

    async def _send(self, name: str, payload: dict[str, Any], page: str) -> None:
        event = {
            "name": name,
            "payload": payload,
            "router_data": {"pathname": f"/{page}", "asPath": f"/{page}"},
        }
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
    if answer.status_code != httpx.codes.SEE_OTHER or "set-cookie" not in answer.headers:
        raise RuntimeError(f"{answer.status_code} {answer.headers.get('location')}")
    return answer.headers["set-cookie"].partition(";")[0]


@asynccontextmanager
async def tab(url: str, cookie: str = "", *, state: str = OURS) -> AsyncIterator[Tab]:
    """A connection from its handshake to its end."""
    address = f"{url.replace('http', 'ws', 1)}/_event/?token={uuid.uuid4()}"
    async with connect(
        f"{address}&EIO=4&transport=websocket",
        additional_headers={"Cookie": cookie} if cookie else {},
        compression=None,
        ping_interval=None,
        open_timeout=PATIENCE,
        max_queue=None,
    ) as socket:
        await socket.recv()
        await socket.send(JOIN)
        await socket.recv()
        tab = Tab(socket, state)
        yield tab
