"""`cme demo`: builds, loads and serves a demo meeting with a SQLite database of its own."""

import asyncio
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import typer
from rich.console import Console
from rich.panel import Panel

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.meetings.load import report_lines
from cme_reflex.cli.operations import frontend, server
from cme_reflex.cli.runner import actor, run
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.input_problems import did_you_mean
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.routes import SIGN_IN_FORM, in_meeting
from cme_reflex.services.clock import clock
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.settings import ROOT, settings
from cme_reflex.store import migrate

HOST = "127.0.0.1"
SIGN_INS = "demo.toml"  # in the folder of each demo meeting
DATABASE = ROOT / ".cme" / "demo.db"


def demo(port: int, meeting: str, *, reset: bool) -> None:
    """Serve the demo meetings until stopped; `reset` deletes their data first.

    `meeting` is the one to which `/` leads; if it is empty, `/` lists all. Raises CliError if there
    is no such demo meeting.
    """
    server.require_free_port(HOST, port, remedy="make demo PORT=")
    codes = sorted(file.parent.name for file in (ROOT / "meetings").glob(f"*/{SIGN_INS}"))
    if meeting and meeting not in codes:
        raise CliError(f"There is no demo meeting {meeting!r}. {did_you_mean(meeting, codes)}")
    _use_demo_settings(port, meeting)
    if reset:
        _delete_database()
    asyncio.run(migrate.upgrade(settings().database_url))
    folders = [read_meeting_folder(settings().meetings / code) for code in codes]
    for folder in folders:
        for line in report_lines(run(load_meeting(folder, now=clock(), actor=actor()))):
            typer.echo(line)
    frontend.build()
    for code, folder in zip(codes, folders, strict=True):
        file = settings().meetings / code / SIGN_INS
        _print_sign_ins(folder.meeting, tomllib.loads(file.read_text("utf-8"))["sign_in"], port)
    typer.echo(f"E-mail goes to {_mail().relative_to(ROOT)}. Stop with Ctrl-C.")
    server.start(HOST, port)


def _use_demo_settings(port: int, meeting: str) -> None:
    """Override this machine's settings, so that the demo never uses a real database."""
    os.environ |= {
        "CME_MEETING": meeting,
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


def _print_sign_ins(meeting: Meeting, sign_ins: list[dict[str, str]], port: int) -> None:
    address = f"http://localhost:{port}{in_meeting(meeting.code, SIGN_IN_FORM)}"
    lines = "\n".join((address, "", *_sign_in_lines(sign_ins)))
    panel = Panel.fit(lines, title=f"{meeting.short_name}: claim CME credit", padding=(1, 2))
    Console(highlight=False).print(panel)


def _sign_in_lines(sign_ins: list[dict[str, str]]) -> Iterator[str]:
    yield "Sign in with"
    for sign_in in sign_ins:
        if sign_in["with"] == "member":
            yield f"  member account       {sign_in['username']} / {sign_in['password']}"
        else:
            kind = f"{sign_in['with']} number"
            yield f"  {kind:<20} {sign_in['last_name']} / {sign_in['number']}"
