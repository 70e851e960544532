"""Production server of the built application: Uvicorn, with bounds on what is not yet a request.

Relies on: `reflex.utils.exec` names the application's factory with `get_app_instance_from_file` and
counts workers with `reflex.utils.processes.get_num_workers`; the application serves its built pages
where `reflex_base.environment` says so, and compiles nothing where REFLEX_SKIP_COMPILE is set. And
Uvicorn's protocols are told of a connection by `connection_made`; its `H11Protocol` has the
`transport`, the `cycle` of the request that is being answered, and `handle_websocket_upgrade`; its
`WebSocketsSansIOProtocol` has `close_timeout`, parses what `data_received` is given, calls a method
for each kind of frame, delivers the message in `frames` with `send_receive_event_to_app` by way of
`queue`, and does not read while `read_paused`, which ends when `receive` has emptied the queue.
"""

import asyncio
import socket
from collections import deque
from typing import Any

import uvicorn
from reflex.utils import exec as reflex_exec
from reflex.utils import processes
from reflex_base.constants import Env
from reflex_base.environment import environment
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

from cme_reflex.reflex_bridge.socket_protocol import FRAME, MESSAGE_LIMIT

HEADER_LIMIT = 64 * 1024  # bytes of a request's line and headers
HEADER_TIMEOUT = 10.0  # seconds until a request's headers are complete
KEEP_ALIVE_TIMEOUT = 10  # seconds that an idle connection stays open
UNREAD_TIMEOUT = 30  # seconds in which a client has to read some of what it was sent
CLOSE_TIMEOUT = 1.0  # seconds for a client to confirm that its WebSocket is closed
STOP_TIMEOUT = 10  # seconds for requests that are being answered when the server stops
SLICE = 2 * 1024  # bytes that are parsed at once: at most 341 frames
WORKER_TIMEOUT = 60  # seconds without a sign of life until a worker is replaced


def _abort_if_unread(transport: asyncio.Transport) -> None:
    """Have the system close a connection, HTTP or WebSocket, whose client reads nothing (RFC 5482).

    Closing it ourselves would wait until everything was sent. Linux only.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * UNREAD_TIMEOUT)


class TimedHttpProtocol(H11Protocol):
    """HTTP/1.1 of a connection, which is closed if a request's headers are not complete in time."""

    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, and limit how long the client may not read."""
        super().connection_made(transport)
        _abort_if_unread(transport)
        self._start_header_timer()

    def data_received(self, data: bytes) -> None:
        """Handle what was sent; a request that begins has to be complete in time."""
        self._start_header_timer()
        super().data_received(data)
        request = self.cycle  # the one that is being answered, or the last
        if getattr(request, "response_complete", True) is False:
            self._stop_header_timer()

    def handle_websocket_upgrade(self, event: object) -> None:
        """Hand the connection over to the WebSocket protocol."""
        self._stop_header_timer()
        super().handle_websocket_upgrade(event)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait."""
        self._stop_header_timer()
        super().connection_lost(exc)

    def _start_header_timer(self) -> None:
        if self._header_timer is None:
            self._header_timer = self.loop.call_later(HEADER_TIMEOUT, self.transport.close)

    def _stop_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None


class LimitedWebSocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket whose messages end with the first that is too long, or is no text.

    The limit is Uvicorn's `ws_max_size`: the header of a frame says how long it is, so a longer one
    is refused before it is read. Frames that complete no message, such as pings and fragments, are
    delivered as FRAME, so that the application counts them. The system passes on up to 256 KiB at a
    time, or 40,000 frames; they are parsed in slices, each after the frames of the one before have
    been received, and other connections are served between.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.close_timeout = CLOSE_TIMEOUT
        self._slices: deque[bytes] = deque()

    def data_received(self, data: bytes) -> None:
        """Parse what was sent, a slice at a time."""
        if self._slices:  # of a connection that was closed meanwhile
            return
        if len(data) <= SLICE:
            super().data_received(data)
            return
        self._slices.extend(data[start : start + SLICE] for start in range(0, len(data), SLICE))
        self._pause_reading()
        self._parse_slice()

    async def receive(self) -> Any:
        """The next message, or frame; when there is no other, what follows is read."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self._read_on()
        return message

    def handle_ping(self) -> None:
        """Answer a ping, and have it counted."""
        super().handle_ping()
        self._deliver_frame()

    def handle_pong(self, event: Frame) -> None:
        """Have a pong counted, which nobody has asked for."""
        super().handle_pong(event)
        self._deliver_frame()

    def handle_text(self, event: Frame) -> None:
        """Begin a message; have the first of several fragments counted."""
        super().handle_text(event)
        self._deliver_fragment(event)

    def handle_bytes(self, event: Frame) -> None:
        """Begin a message; have the first of several fragments counted."""
        super().handle_bytes(event)
        self._deliver_fragment(event)

    def handle_cont(self, event: Frame) -> None:
        """Continue a message; have fragments but the last counted."""
        super().handle_cont(event)
        self._deliver_fragment(event)

    def send_receive_event_to_app(self) -> None:
        """Deliver a message; text that is not UTF-8 closes the connection without an error."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.send_close(CloseCode.INVALID_DATA)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def _deliver_fragment(self, frame: Frame) -> None:
        if not frame.fin:
            self._deliver_frame()

    def _deliver_frame(self) -> None:
        if not self.close_sent:
            self.queue.put_nowait(FRAME)  # type: ignore[arg-type]
            self._pause_reading()

    def _parse_slice(self) -> None:
        if not self._slices or self.transport.is_closing():
            return
        if self.close_sent and len(self._slices) > 1:  # longer than a confirmation of the close
            return
        super().data_received(self._slices.popleft())
        if self.queue.empty():
            self._read_on()

    def _read_on(self) -> None:
        if self._slices:
            self.loop.call_soon(self._parse_slice)
        else:
            self.read_paused = False
            self.transport.resume_reading()

    def _pause_reading(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()


def run_production_server(host: str, port: int) -> None:
    """Serve until stopped: one worker, or several where REFLEX_REDIS_URL lets them share state."""
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_FRONTEND_PORT.set(port)
    environment.REFLEX_BACKEND_PORT.set(port)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    uvicorn.run(
        reflex_exec.get_app_instance_from_file(),
        factory=True,
        host=host,
        port=port,
        workers=processes.get_num_workers(),
        http=TimedHttpProtocol,
        h11_max_incomplete_event_size=HEADER_LIMIT,
        timeout_keep_alive=KEEP_ALIVE_TIMEOUT,
        timeout_graceful_shutdown=STOP_TIMEOUT,
        timeout_worker_healthcheck=WORKER_TIMEOUT,
        ws=LimitedWebSocketProtocol,
        ws_max_size=MESSAGE_LIMIT,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # Socket.IO has a heartbeat of its own
        log_config=None,
        access_log=False,
        proxy_headers=False,  # `web/middleware/proxy_headers.py` trusts the listed proxies only
        server_header=False,
    )


def port() -> int | None:
    """The port of this server process; None in any other process."""
    return environment.REFLEX_BACKEND_PORT.get()
