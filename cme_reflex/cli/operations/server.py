"""`cme serve`: production server for pages, files and the WebSocket on one port."""

import os
import socket
import sys

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.mail import queue as mail
from cme_reflex.cli.operations import fonts, frontend, production
from cme_reflex.settings import ROOT, settings

# A lost connection is detected within 20 seconds, on both sides.
HEARTBEAT = {"REFLEX_SOCKET_INTERVAL": "10", "REFLEX_SOCKET_TIMEOUT": "10"}


def require_free_port(host: str, port: int, *, remedy: str) -> None:
    """Raise CliError if the port cannot be used, with a command for another port.

    `remedy` is that command without the port number.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror:
        raise CliError(f"There is no address {host}.") from None
    except OSError as error:
        other = port + 100 if port + 100 < 2**16 else port - 100
        reason = f"Port {port} cannot be used ({error.strerror})."
        raise CliError(f"{reason} Try: {remedy}{other}") from None


def serve(host: str, port: int) -> None:
    """Serve until stopped. Raises CliError as `require_free_port` and `start` do."""
    require_free_port(host, port, remedy="cme serve --port ")
    start(host, port)


def start(host: str, port: int) -> None:
    """Serve until stopped.

    Starts Reflex's production server without its build: one worker, or several if
    REFLEX_REDIS_URL is set for their shared state.

    Raises CliError if the frontend is not built, or a setting is unsafe in production, and
    FontsNotInstalled.
    """
    production.require_production_settings(settings(), host)
    frontend.require_built()
    fonts.require_installed()
    os.chdir(ROOT)  # Reflex looks for rxconfig.py and .web in the current folder
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))

    from cme_reflex.reflex_bridge.server import run_production_server

    # The default for links in messages; only local use gets here without a public URL.
    os.environ.setdefault("CME_PUBLIC_URL", f"http://localhost:{port}")
    settings.cache_clear()
    mail.configured_mailer()  # fails early for a missing setting
    for name, seconds in HEARTBEAT.items():
        os.environ.setdefault(name, seconds)
    run_production_server(host, port)
