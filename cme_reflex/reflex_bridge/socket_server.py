"""Socket.IO server with a custom JSON encoder.

Relies on: `rx.App(sio=…)` accepts a Socket.IO server, and Reflex creates its own with the options
that are repeated here.
"""

from types import SimpleNamespace
from typing import Any

from reflex_base.config import get_config
from reflex_base.environment import environment
from socketio import AsyncServer

from cme_reflex.reflex_bridge import socket_endpoint


def socket_server() -> Any:
    """A Socket.IO server with Reflex's options, which encodes JSON with `socket_endpoint.dumps`."""
    config = get_config()
    over_websocket = config.transport == "websocket"
    return AsyncServer(
        async_mode="asgi",
        cors_allowed_origins=list(config.cors_allowed_origins) if over_websocket else [],
        cors_credentials=over_websocket,
        max_http_buffer_size=environment.REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE.get(),
        ping_interval=environment.REFLEX_SOCKET_INTERVAL.get().total_seconds(),
        ping_timeout=environment.REFLEX_SOCKET_TIMEOUT.get().total_seconds(),
        json=SimpleNamespace(dumps=socket_endpoint.dumps, loads=socket_endpoint.loads),
        allow_upgrades=False,
        transports=[config.transport],
        # Handlers only parse and enqueue, so they run in the receive loop without separate tasks.
        async_handlers=False,
    )
