"""Reflex's production server, without its build step.

Relies on: `reflex.utils.exec.run_backend_prod` serves the application and its built pages on one
port, with the ports and the mode from `reflex_base.environment`, compiles nothing where
REFLEX_SKIP_COMPILE says so, and starts `granian.server.Server`, which it imports then.
"""

from functools import partial

import granian.server
from granian.constants import HTTPModes
from granian.http import HTTP1Settings
from reflex.utils import exec as reflex_exec
from reflex_base.constants import Env, LogLevel
from reflex_base.environment import environment

HEADER_LIMIT = 64 * 1024  # bytes of a request's line and headers
HEADER_TIMEOUT = 10_000  # milliseconds until a request's headers are complete


def run_production_server(host: str, port: int) -> None:
    """Serve until stopped: one worker, or several where REFLEX_REDIS_URL lets them share state."""
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_FRONTEND_PORT.set(port)
    environment.REFLEX_BACKEND_PORT.set(port)
    environment.REFLEX_USE_GRANIAN.set(True)
    # Reflex passes no limits. Proxies speak HTTP/1.1 to this server; HTTP/2 would accept 16 MiB of
    # headers.
    granian.server.Server = partial(  # type: ignore[assignment]
        granian.server.Server,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT, max_buffer_size=HEADER_LIMIT
        ),
    )
    reflex_exec.run_backend_prod(host, port, LogLevel.WARNING, mount_frontend_compiled_app=True)


def port() -> int | None:
    """The port of this server process; None in any other process."""
    return environment.REFLEX_BACKEND_PORT.get()
