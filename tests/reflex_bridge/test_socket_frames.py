"""Frames that complete no message are delivered to be counted, and parsed a slice at a time."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from cme_reflex.reflex_bridge.server import SLICE, LimitedWebSocketProtocol, TimedHttpProtocol
from cme_reflex.reflex_bridge.socket_protocol import FRAME
from tests.support.e2e.sockets.raw_socket import CONTINUATION, PING, PONG, TEXT, frame

READ = 256 * 1024  # bytes that the system passes on at once
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)


class Application:
    """Accepts a WebSocket, and receives from it as often as it is told."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.may_receive = asyncio.Semaphore(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while not self.received or self.received[-1]["type"] != "websocket.disconnect":
            await self.may_receive.acquire()
            self.received.append(await receive())

    async def receive(self, count: int) -> list[Message]:
        """The next so many messages."""
        self.received.clear()
        for _ in range(count):
            self.may_receive.release()
        async with asyncio.timeout(30):
            while len(self.received) < count:  # noqa: ASYNC110 - the server decides when
                await asyncio.sleep(0)
        return self.received.copy()


@asynccontextmanager
async def connected(
    application: Application,
) -> AsyncIterator[tuple[Callable[[bytes], Awaitable[None]], LimitedWebSocketProtocol]]:
    """A client's function to send, and the server's side of its connection."""
    config = uvicorn.Config(
        application,
        http=TimedHttpProtocol,
        ws=LimitedWebSocketProtocol,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
    )
    running = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(running.serve([listening]))
    reader, writer = await asyncio.open_connection(*listening.getsockname())

    async def send(data: bytes) -> None:
        writer.write(data)
        await writer.drain()

    await send(UPGRADE)
    await reader.readuntil(b"\r\n\r\n")
    (protocol,) = running.server_state.connections
    assert isinstance(protocol, LimitedWebSocketProtocol)
    yield send, protocol
    writer.close()
    application.may_receive.release()
    running.should_exit = True
    await serving


@pytest.fixture
def application() -> Application:
    return Application()


async def test_every_frame_is_delivered(application: Application) -> None:
    async with connected(application) as (send, _):
        await send(frame(b"", PING) + frame(b"x", PONG) + frame(b"", PING))
        await send(frame(b"4", TEXT, final=False) + frame(b"", CONTINUATION, final=False))
        await send(frame(b"", PING) + frame(b"2", CONTINUATION))
        message = {"type": "websocket.receive", "text": "42"}
        assert await application.receive(7) == [FRAME] * 6 + [message]


@pytest.mark.parametrize("kind", [PING, PONG, TEXT])
async def test_a_slice_is_parsed_when_the_one_before_was_received(
    application: Application, kind: int
) -> None:
    """However much a client sends, the server has a slice of its frames at a time."""
    one = frame(b"", kind)
    frames_in_a_slice = SLICE // len(one) + 1
    async with connected(application) as (send, protocol):
        await send(one * (READ // len(one)))
        waiting = []
        for _ in range(READ // len(one)):
            await application.receive(1)
            waiting.append(protocol.queue.qsize())
        assert 0 < max(waiting) <= frames_in_a_slice


async def test_other_tasks_run_between_slices(application: Application) -> None:
    async with connected(application) as (send, _):
        turns = 0

        async def take_turns() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        other = asyncio.create_task(take_turns())
        await send(frame(b"", PING) * (READ // 6))
        turns = 0
        await application.receive(READ // 6)
        other.cancel()
        assert turns >= READ // SLICE


async def test_a_message_of_many_slices_arrives_whole(application: Application) -> None:
    text = "x" * 60_000
    async with connected(application) as (send, _):
        await send(frame(text.encode(), TEXT) + frame(b"3", TEXT))
        assert [each["text"] for each in await application.receive(2)] == [text, "3"]
