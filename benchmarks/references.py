"""Reference servers for comparison: a bare Reflex counter and a bare SQLite commit."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from textwrap import dedent

from tests.support.e2e.cme_server import START_TIMEOUT, STOP_TIMEOUT, free_port

COUNTER_STATE = "counter___counter____state"

# Reflex's first example, served as by `reflex run --env prod --backend-only`.
_COUNTER = {
    "rxconfig.py": """
        import reflex as rx

        config = rx.Config(
            app_name="counter", telemetry_enabled=False, show_built_with_reflex=False
        )
    """,
    "counter/__init__.py": "",
    "counter/counter.py": """
        import reflex as rx


        class State(rx.State):
            count: int = 0

            @rx.event
            async def increment(self):
                self.count += 1


        def index():
            return rx.el.button(State.count, on_click=State.increment)


        app = rx.App()
        app.add_page(index)
    """,
    "serve.py": """
        import sys

        from reflex.utils import exec as reflex_exec
        from reflex_base.constants import Env, LogLevel
        from reflex_base.environment import environment

        sys.path.insert(0, ".")
        environment.REFLEX_ENV_MODE.set(Env.PROD)
        environment.REFLEX_SKIP_COMPILE.set(True)
        reflex_exec.run_backend_prod("127.0.0.1", int(sys.argv[1]), LogLevel.WARNING)
    """,
}

# Commits one row to disk before the reply, on the ASGI server that Reflex uses.
_COMMIT = {
    "commit.py": """
        import sqlite3

        from starlette.applications import Starlette
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route

        connection = sqlite3.connect("commit.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE added (id INTEGER PRIMARY KEY, session INTEGER)")


        async def ping(request):
            return PlainTextResponse("pong")


        async def commit(request):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO added (session) VALUES (7)")
            connection.execute("COMMIT")
            return PlainTextResponse("done")


        app = Starlette(
            routes=[Route("/ping", ping), Route("/commit", commit, methods=["POST"])]
        )
    """,
    "serve.py": """
        import sys

        from granian import Granian
        from granian.constants import Interfaces

        Granian(
            "commit:app", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.ASGI
        ).serve()
    """,
}


@contextmanager
def counter() -> Iterator[str]:
    """Serve a bare Reflex counter; yields its URL."""
    with _served(_COUNTER) as url:
        yield url


@contextmanager
def commit() -> Iterator[str]:
    """Serve a Starlette route that commits a row to SQLite with full sync; yields its URL."""
    with _served(_COMMIT) as url:
        yield url


@asynccontextmanager
async def open_commit_client(url: str) -> AsyncIterator["CommitClient"]:
    """Open a persistent connection for commits: the cheapest possible client."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield CommitClient(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


class CommitClient:
    """Client with a persistent connection to the route."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def commit(self) -> None:
        """Request a commit of one row, and wait until it is on disk."""
        self._writer.write(b"POST /commit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        await self._reader.readexactly(len("done"))


@contextmanager
def _served(files: dict[str, str]) -> Iterator[str]:
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, source in files.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(dedent(source))
        process = subprocess.Popen(
            [sys.executable, "serve.py", str(port)],
            cwd=folder,
            env={**os.environ, "REFLEX_BACKEND_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/ping", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(STOP_TIMEOUT)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_TIMEOUT * 10):
        if process.poll() is not None:
            raise RuntimeError("the reference did not start")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the reference does not answer at {url}")
