"""The whole application in this process: its HTTP, and its socket spoken as a page speaks it.

Everything is real but the network: events pass Engine.IO, Socket.IO, the limits and the validation.
"""

import asyncio
import gc
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import Any

import httpx
import pytest
from reflex_base.constants import Env
from reflex_base.environment import environment
from reflex_base.registry import RegisteredEventHandler, RegistrationContext
from starlette.applications import Starlette

from cme_reflex.web.cookies import SIGN_IN, cookie_name

HOST = "localhost:3000"
PONG = '42/_event,["ping","pong"]'
RESPONSE_TIMEOUT = 30  # seconds; nothing takes this long but a test that hangs


@lru_cache
def application() -> tuple[Any, Starlette]:
    """Reflex's application and what it serves, made once; no page is compiled."""
    from cme_reflex.cme_reflex import app

    with _as_served():
        return app, app()


@contextmanager
def _as_served() -> Iterator[None]:
    """What `cme serve` tells Reflex; commands that later tests start are not told, and build."""
    with pytest.MonkeyPatch.context() as told:
        told.setenv(environment.REFLEX_ENV_MODE.name, Env.PROD.value)
        told.setenv(environment.REFLEX_SKIP_COMPILE.name, "true")
        yield


@asynccontextmanager
async def running_app() -> AsyncIterator["RunningApp"]:
    """The application between its start and its end. The settings are those of this process."""
    app, asgi = application()
    # Reflex knows its handlers by the context in which they were imported, another test's perhaps.
    RegistrationContext.set(app._registration_context)
    # The application looks for garbage at its start, and need not among all that the tests hold.
    gc.freeze()
    with _as_served():
        async with asgi.router.lifespan_context(asgi):
            yield RunningApp(app, asgi)


class RunningApp:
    """What is served, and the ways to ask it."""

    def __init__(self, app: Any, asgi: Starlette) -> None:
        self.app = app
        self.asgi = asgi

    def client(self, **cookies: str) -> httpx.AsyncClient:
        """A browser without scripts."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.asgi),
            base_url=f"http://{HOST}",
            cookies=cookies,
        )

    @asynccontextmanager
    async def socket(
        self, sign_in: str = "", tab: str = "", **headers: str
    ) -> AsyncIterator["SocketConnection"]:
        """A connection that has joined, with the token of a sign-in as its cookie."""
        socket = SocketConnection(self, sign_in, tab or str(uuid.uuid4()), headers)
        async with socket.open():
            await socket.join()
            yield socket

    async def wait_until_idle(self) -> None:
        """Wait until nothing is being worked on."""
        processor = self.app._event_processor
        await processor.join()
        while processor._tasks or processor._token_queues:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0)


class SocketConnection:
    """One connection. `heard` is all that the server said, in order."""

    def __init__(
        self, site: RunningApp, sign_in: str, tab: str, headers: Mapping[str, str]
    ) -> None:
        self._site = site
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._server_waits = asyncio.Event()
        self._spoken = asyncio.Condition()
        cookie = {"cookie": f"{cookie_name(SIGN_IN)}={sign_in}"} if sign_in else {}
        named = {"host": HOST, "connection": "Upgrade", "upgrade": "websocket", **cookie, **headers}
        self._scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": "/_event/",
            "raw_path": b"/_event/",
            "root_path": "",
            "query_string": f"token={tab}&EIO=4&transport=websocket".encode(),
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in named.items()
            ],
            "client": ("127.0.0.1", 40000),
            "server": ("127.0.0.1", 3000),
            "subprotocols": [],
        }
        self.accepted = False
        self.closed: tuple[int, str] | None = None
        self.frames: list[str] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator["SocketConnection"]:
        """The connection from its handshake to its end."""
        served = asyncio.create_task(
            self._site.asgi(self._scope, self._next_for_server, self._from_server)
        )
        await self._to_server.put({"type": "websocket.connect"})
        try:
            yield self
        finally:
            await self._to_server.put({"type": "websocket.disconnect", "code": 1000})
            await asyncio.wait_for(served, RESPONSE_TIMEOUT)

    async def join(self) -> None:
        """Join the namespace, as a page does first. Raises ConnectionError where it is closed."""
        await self.wait_for_frame("0{")
        if self.closed:
            raise ConnectionError(self.closed)
        await self.send_frame("40/_event,")
        if not await self.wait_for_frame("40/_event,"):
            raise ConnectionError(self.closed)

    async def wait_until_closed(self) -> None:
        """Wait until the server has closed the connection."""
        await self._until(lambda: False)

    async def send_frame(self, text: str | None) -> None:
        """Send a frame as it is; None is one of bytes."""
        self._server_waits.clear()
        await self._to_server.put(
            {"type": "websocket.receive", "text": text, "bytes": None if text else b""}
        )

    async def send(self, event: str, payload: object = None, *, path: str = "/claim") -> None:
        """Send an event by the end of its name, such as ``home.load``, and let it be done."""
        await self.emit(
            {
                "name": full_event_name(event),
                "payload": {} if payload is None else payload,
                "router_data": {"pathname": path.partition("?")[0], "asPath": path},
            }
        )

    async def emit(self, data: object, message: str = "event") -> None:
        """Send whatever it is as an event's data, and let it be done."""
        await self.send_frame(f"42/_event,{json.dumps([message, data])}")
        await self._done()

    async def wait_for_frame(self, beginning: str) -> str:
        """Wait for a frame that begins so, or for the end of the connection."""

        def found() -> str:
            return next((text for text in self.frames if text.startswith(beginning)), "")

        await self._until(lambda: bool(found()))
        return found()

    def vars(self) -> dict[str, Any]:
        """What the page shows by now: every variable that was sent, the last value of each."""
        shown: dict[str, Any] = {}
        for text in self.frames:
            if text.startswith("42/_event,"):
                message, update = json.loads(text.removeprefix("42/_event,"))
                if message != "event":
                    continue
                for state, values in (update.get("delta") or {}).items():
                    page = state.rpartition("___")[2].lstrip("_")
                    shown |= {
                        f"{page}.{name.removesuffix('_rx_state_')}": value
                        for name, value in values.items()
                    }
        return shown

    async def _done(self) -> None:
        """Wait until what was sent last is dealt with, and all answers to it were heard."""
        await self._server_waits.wait()
        await self._site.wait_until_idle()
        if not self.closed:
            # The pong goes behind all that was answered before.
            pongs = sum(text == PONG for text in self.frames)
            await self.send_frame('42/_event,["ping"]')
            await self._until(lambda: sum(text == PONG for text in self.frames) > pongs)

    async def _until(self, there: Callable[[], bool]) -> None:
        async with self._spoken, asyncio.timeout(RESPONSE_TIMEOUT):
            await self._spoken.wait_for(lambda: there() or self.closed is not None)

    async def _next_for_server(self) -> dict[str, Any]:
        if self._to_server.empty():
            self._server_waits.set()
        return await self._to_server.get()

    async def _from_server(self, message: dict[str, Any]) -> None:
        async with self._spoken:
            match message["type"]:
                case "websocket.accept":
                    self.accepted = True
                case "websocket.send":
                    self.frames.append(message["text"])
                case "websocket.close":
                    self.closed = message.get("code", 1000), message.get("reason") or ""
                    self._server_waits.set()
            self._spoken.notify_all()


def event_handlers() -> Mapping[str, RegisteredEventHandler]:
    """Every event handler that Reflex knows, its own too, by full name: the complete list."""
    known: Mapping[str, RegisteredEventHandler] = application()[
        0
    ]._registration_context.event_handlers
    return known


def full_event_name(event: str) -> str:
    """The name that Reflex knows an event by."""
    found = [name for name in event_handlers() if name.endswith(f"__{event}")]
    assert len(found) == 1, (event, found)
    return found[0]
