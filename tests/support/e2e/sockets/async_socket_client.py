"""Asynchronous client of the socket, of which thousands fit into one process.

It speaks Socket.IO as a page does. It sends one event at a time; the server's next update is the
reply.
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

STATE_NAME = "cme_reflex___state___{page}____{page}"  # Reflex's name for the state of a page
DEMO = "pstm24"
ROOT_STATE = "reflex___state____state"
HYDRATED = '"is_hydrated_rx_state_":true'
EVENT, JOIN, PING, PONG = "42/_event,", "40/_event,", "2", "3"
SHOWN = re.compile(r'"shown_rx_state_": ?"([0-9a-f]{32})"')
ROW = re.compile(r'\{"id":(\d+),"title":')
RESPONSE_TIMEOUT = 120  # seconds; under a burst of load, replies take long


class TabClient:
    """A joined connection, which sends events to the state of a page."""

    def __init__(self, socket: ClientConnection, state: str) -> None:
        self._socket = socket
        self._state = state
        self.shown = ""  # all updates since the page was opened
        self._updates: asyncio.Queue[str] = asyncio.Queue()
        self._receiver = asyncio.create_task(self._receive_updates())

    async def open_page(self, path: str, query: str = "") -> None:
        """Open a page, and wait until it is hydrated and loaded."""
        await self._send(f"{ROOT_STATE}.hydrate_and_load", {"hashes": []}, path, query)
        self.shown = update = await self._update()
        while HYDRATED not in update:
            update = await self._update()
            self.shown += update

    def sessions(self) -> list[int]:
        """The ids of the sessions in the page, in order."""
        return [int(found) for found in ROW.findall(self.shown)]

    def attestation(self) -> str:
        """What an attestation of the claim that the page shows refers to."""
        return SHOWN.findall(self.shown)[-1]

    async def ask(self, page: str, handler: str, **payload: Any) -> str:
        """Send an event to the state of a page, and return the update in reply."""
        state = self._state.format(page=page)
        await self._send(f"{ROOT_STATE}.{state}.{handler}", payload, page)
        update = await self._update()
        self.shown += update
        return update

    async def command(self, page: str, handler: str, **payload: Any) -> None:
        """Send a command. Raises RuntimeError if it was not applied."""
        command = uuid.uuid4().hex
        update = await self.ask(page, handler, **payload, command=command)
        if f'"command":"{command}","outcome":"applied"' not in update:
            raise RuntimeError(f"{handler} was not applied: {update}")

    async def ping(self) -> None:
        """Wait for the server's pong."""
        await self._socket.send(f'{EVENT}["ping"]')
        await self._update()

    async def _send(self, name: str, payload: dict[str, Any], path: str, query: str = "") -> None:
        place = {"pathname": f"/{path}", "asPath": f"/{path}{query}"}
        event = {"name": name, "payload": payload, "router_data": place}
        await self._socket.send(f"{EVENT}{json.dumps(['event', event], ensure_ascii=False)}")

    async def _update(self) -> str:
        async with asyncio.timeout(RESPONSE_TIMEOUT):
            update = await self._updates.get()
        if not update:
            raise ConnectionError(f"closed: {self._socket.close_code} {self._socket.close_reason}")
        return update

    async def _receive_updates(self) -> None:
        with suppress(ConnectionClosed):
            async for message in self._socket:
                if message == PING:
                    await self._socket.send(PONG)
                elif isinstance(message, str) and message.startswith(EVENT):
                    self._updates.put_nowait(message)
        self._updates.put_nowait("")


async def sign_in(
    http: httpx.AsyncClient, last_name: str, badge: str, *, meeting: str = DEMO
) -> str:
    """Sign in with a badge, and return the cookie. Raises RuntimeError if it was rejected."""
    form = {"way": "badge", "last_name": last_name, "number": badge}
    http.cookies.clear()  # a sign-in ends the previous one, which its cookie names
    answer = await http.post(f"/{meeting}/sign-in", data=form)
    if "set-cookie" not in answer.headers:
        raise RuntimeError(f"{answer.status_code} {answer.headers.get('location')}")
    return answer.headers["set-cookie"].partition(";")[0]


@asynccontextmanager
async def open_tab(
    url: str, cookie: str = "", *, meeting: str = DEMO, state: str = STATE_NAME
) -> AsyncIterator[TabClient]:
    """Open a connection until the end of the block."""
    address = f"{url.replace('http', 'ws', 1)}/_event/?token={meeting}:{uuid.uuid4()}"
    async with connect(
        f"{address}&EIO=4&transport=websocket",
        additional_headers={"Cookie": cookie} if cookie else {},
        compression=None,  # it would cost CPU time of this machine, not of the client's
        ping_interval=None,  # the server pings
        open_timeout=RESPONSE_TIMEOUT,
    ) as socket:
        await socket.recv()
        await socket.send(JOIN)
        await socket.recv()
        yield TabClient(socket, state)
