"""In-process client of the complete application, for HTTP and for the socket.

Everything but the network is real: events pass Engine.IO, Socket.IO, the limits and the validation.
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

from cme_reflex.routes import in_meeting
from cme_reflex.settings import settings
from cme_reflex.web.cookies import SIGN_IN, cookie_name

HOST = "localhost:3000"
PONG = '42/_event,["ping","pong"]'
RESPONSE_TIMEOUT = 30  # seconds; only a hanging test takes that long


@lru_cache
def application() -> tuple[Any, Starlette]:
    """The Reflex application and its ASGI application, created once; no page is compiled."""
    from cme_reflex.cme_reflex import app

    with _as_served():
        return app, app()


@contextmanager
def _as_served() -> Iterator[None]:
    """Set the environment as `cme serve` does, but not for commands that other tests start."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv(environment.REFLEX_ENV_MODE.name, Env.PROD.value)
        environ.setenv(environment.REFLEX_SKIP_COMPILE.name, "true")
        yield


@asynccontextmanager
async def running_app() -> AsyncIterator["RunningApp"]:
    """Run the application's lifespan, with the settings of this process."""
    app, asgi = application()
    # Reflex finds handlers in the context of their import, which another test may have replaced.
    RegistrationContext.set(app._registration_context)
    # The application runs a full collection at startup, which need not scan the tests' objects.
    gc.freeze()
    with _as_served():
        async with asgi.router.lifespan_context(asgi):
            yield RunningApp(app, asgi)


class RunningApp:
    """A running application, with clients for HTTP and the socket."""

    def __init__(self, app: Any, asgi: Starlette) -> None:
        self.app = app
        self.asgi = asgi

    def client(self, **cookies: str) -> httpx.AsyncClient:
        """An HTTP client of the meeting with these cookies."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.asgi),
            base_url=f"http://{HOST}{in_meeting(settings().meeting, '/')}",
            cookies=cookies,
        )

    @asynccontextmanager
    async def socket(
        self, sign_in: str = "", tab: str = "", query: str | None = None, **headers: str
    ) -> AsyncIterator["SocketConnection"]:
        """A joined socket connection with this sign-in token as its cookie."""
        socket = SocketConnection(self, sign_in, tab or str(uuid.uuid4()), headers, query)
        async with socket.open():
            await socket.join()
            yield socket

    async def wait_until_idle(self) -> None:
        """Wait until no event is being processed."""
        processor = self.app._event_processor
        await processor.join()
        while processor._tasks or processor._token_queues:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0)


class SocketConnection:
    """A socket connection. `frames` are all frames that the server sent, in order."""

    def __init__(
        self,
        site: RunningApp,
        sign_in: str,
        tab: str,
        headers: Mapping[str, str],
        query: str | None = None,
    ) -> None:
        self._site = site
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._server_is_waiting = asyncio.Event()
        self._message_sent = asyncio.Condition()
        cookie = {"cookie": f"{cookie_name(SIGN_IN)}={sign_in}"} if sign_in else {}
        all_headers = {
            "host": HOST,
            "connection": "Upgrade",
            "upgrade": "websocket",
            **cookie,
            **headers,
        }
        self._scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": "/_event/",
            "raw_path": b"/_event/",
            "root_path": "",
            "query_string": (
                f"token={tab}&EIO=4&transport=websocket" if query is None else query
            ).encode(),
            "headers": [
                (name.replace("_", "-").encode(), value.encode())
                for name, value in all_headers.items()
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
        """Open the connection until the end of the block."""
        task = asyncio.create_task(
            self._site.asgi(self._scope, self._receive, self._send_to_client)
        )
        await self._to_server.put({"type": "websocket.connect"})
        try:
            yield self
        finally:
            await self._to_server.put({"type": "websocket.disconnect", "code": 1000})
            await asyncio.wait_for(task, RESPONSE_TIMEOUT)

    async def join(self) -> None:
        """Join the namespace, as a page does first. Raises ConnectionError if it is closed."""
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
        """Send a raw text frame; None sends a binary frame."""
        self._server_is_waiting.clear()
        await self._to_server.put(
            {"type": "websocket.receive", "text": text, "bytes": None if text else b""}
        )

    async def send(self, event: str, payload: object = None, *, path: str = "/claim") -> None:
        """Send an event by the end of its name, such as ``home.load``, and await its processing."""
        await self.emit(
            {
                "name": full_event_name(event),
                "payload": {} if payload is None else payload,
                "router_data": {"pathname": path.partition("?")[0], "asPath": path},
            }
        )

    async def emit(self, data: object, message: str = "event") -> None:
        """Send any data as an event's, and wait until it is processed."""
        await self.send_frame(f"42/_event,{json.dumps([message, data])}")
        await self._done()

    async def wait_for_frame(self, beginning: str) -> str:
        """Wait for a frame with this beginning; returns "" if the connection is closed first."""

        def found() -> str:
            return next((text for text in self.frames if text.startswith(beginning)), "")

        await self._until(lambda: bool(found()))
        return found()

    def vars(self) -> dict[str, Any]:
        """The state of the page: the last value of every variable that was sent."""
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
        """Wait until the last message is processed and all replies to it are received."""
        await self._server_is_waiting.wait()
        await self._site.wait_until_idle()
        if not self.closed:
            # The pong is sent after all earlier replies.
            pongs = sum(text == PONG for text in self.frames)
            await self.send_frame('42/_event,["ping"]')
            await self._until(lambda: sum(text == PONG for text in self.frames) > pongs)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._message_sent, asyncio.timeout(RESPONSE_TIMEOUT):
            await self._message_sent.wait_for(lambda: condition() or self.closed is not None)

    async def _receive(self) -> dict[str, Any]:
        if self._to_server.empty():
            self._server_is_waiting.set()
        return await self._to_server.get()

    async def _send_to_client(self, message: dict[str, Any]) -> None:
        async with self._message_sent:
            match message["type"]:
                case "websocket.accept":
                    self.accepted = True
                case "websocket.send":
                    self.frames.append(message["text"])
                case "websocket.close":
                    self.closed = message.get("code", 1000), message.get("reason") or ""
                    self._server_is_waiting.set()
            self._message_sent.notify_all()


def event_handlers() -> Mapping[str, RegisteredEventHandler]:
    """All event handlers registered with Reflex, including its own, by full name."""
    known: Mapping[str, RegisteredEventHandler] = application()[
        0
    ]._registration_context.event_handlers
    return known


def full_event_name(event: str) -> str:
    """The full name of an event in Reflex."""
    found = [name for name in event_handlers() if name.endswith(f"__{event}")]
    assert len(found) == 1, (event, found)
    return found[0]
