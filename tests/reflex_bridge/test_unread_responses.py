"""A client that does not read what it is sent does not keep its connection."""

import asyncio
import socket

import pytest
import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cme_reflex.reflex_bridge import server
from cme_reflex.reflex_bridge.server import LimitedWebSocketProtocol, TimedHttpProtocol

SIZE = 16 * 2**20  # bytes: more than the buffers of both systems

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux limits unread data"
)


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(bytes(SIZE))(scope, receive, send)


async def until(server: uvicorn.Server, connections: int) -> None:
    while len(server.server_state.connections) != connections:  # noqa: ASYNC110 - Uvicorn tells nobody
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("requests", [1, 20])
async def test_the_connection_of_a_client_that_does_not_read_is_closed(
    monkeypatch: pytest.MonkeyPatch, requests: int
) -> None:
    monkeypatch.setattr(server, "UNREAD_TIMEOUT", 1)
    config = uvicorn.Config(
        large,
        http=TimedHttpProtocol,
        ws=LimitedWebSocketProtocol,
        lifespan="off",
        log_config=None,
        timeout_keep_alive=1,
    )
    running = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(running.serve([listening]))
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, listening.getsockname())
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * requests)
        await until(running, 1)
        await asyncio.wait_for(until(running, 0), 30)
    running.should_exit = True
    await serving
