"""`cme demo`: builds, loads and serves the demo meeting with its own SQLite database."""

import asyncio
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import typer
from rich.console import Console
from rich.panel import Panel

from cme_reflex.cli.meetings.load import report_lines
from cme_reflex.cli.operations import frontend, server
from cme_reflex.cli.runner import run
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.services.clock import clock
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.settings import ROOT, settings
from cme_reflex.store import migrate

HOST = "127.0.0.1"
MEETING = "pstm24"
DATABASE = ROOT / ".cme" / "demo.db"


def demo(port: int, *, reset: bool) -> None:
    """Serve the demo until stopped; `reset` deletes its data first."""
    server.require_free_port(HOST, port, remedy="make demo PORT=")
    _use_demo_settings(port)
    if reset:
        _delete_database()
    folder = read_meeting_folder(settings().meetings / MEETING)
    asyncio.run(migrate.upgrade(settings().database_url))
    for line in report_lines(run(load_meeting(folder, now=clock()))):
        typer.echo(line)
    frontend.build()
    sign_ins = tomllib.loads((settings().meetings / MEETING / "demo.toml").read_text("utf-8"))
    lines = (
        f"http://localhost:{port}",
        "",
        *_sign_in_lines(sign_ins["sign_in"]),
        "",
        f"E-mail goes to {_mail().relative_to(ROOT)}.",
        "Stop with Ctrl-C.",
    )
    title = f"{folder.meeting.short_name}: claim CME credit"
    Console(highlight=False).print(Panel.fit("\n".join(lines), title=title, padding=(1, 2)))
    server.start(HOST, port)


def _use_demo_settings(port: int) -> None:
    """Override this machine's settings, so that the demo never uses a real database."""
    os.environ |= {
        "CME_MEETING": MEETING,
        "CME_MEETINGS": str(ROOT / "meetings"),
        "CME_DATABASE_URL": f"sqlite:///{DATABASE}",
        "CME_SECURE_COOKIES": "false",
        "CME_PUBLIC_URL": f"http://localhost:{port}",
        "CME_MAIL_FOLDER": str(_mail()),
    }
    # Messages to the demo's fictitious people are only written to files.
    for variable in ("CME_SMTP_URL", "CME_MAIL_FROM"):
        os.environ.pop(variable, None)
    settings.cache_clear()


def _mail() -> Path:
    return DATABASE.parent / "mail"


def _delete_database() -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{DATABASE}{suffix}").unlink(missing_ok=True)


def _sign_in_lines(sign_ins: list[dict[str, str]]) -> Iterator[str]:
    yield "Sign in with"
    for sign_in in sign_ins:
        if sign_in["with"] == "member":
            yield f"  member account       {sign_in['username']} / {sign_in['password']}"
        else:
            kind = f"{sign_in['with']} number"
            yield f"  {kind:<20} {sign_in['last_name']} / {sign_in['number']}"
