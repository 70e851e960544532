"""Reflex's production server, without its build step.

Relies on: `reflex.utils.exec.run_backend_prod` serves the application and its built pages on one
port, with the ports and the mode from `reflex_base.environment`, and compiles nothing where
REFLEX_SKIP_COMPILE says so.
"""

from reflex.utils import exec as reflex_exec
from reflex_base.constants import Env, LogLevel
from reflex_base.environment import environment


def run_production_server(host: str, port: int) -> None:
    """Serve until stopped: one worker, or several where REFLEX_REDIS_URL lets them share state."""
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_FRONTEND_PORT.set(port)
    environment.REFLEX_BACKEND_PORT.set(port)
    reflex_exec.run_backend_prod(host, port, LogLevel.WARNING, mount_frontend_compiled_app=True)


def port() -> int | None:
    """The port of this server process; None in any other process."""
    return environment.REFLEX_BACKEND_PORT.get()
