"""Running of services from commands, with the database open."""

import asyncio
from collections.abc import Coroutine
from getpass import getuser
from typing import Any, TypeVar

from cme_reflex.cli.errors import CliError
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.services.meetings.selection import select_meeting
from cme_reflex.settings import settings
from cme_reflex.store import migrate
from cme_reflex.store.engines import close_database, open_database

NO_TABLES = "The database has no tables. Create them with: cme db upgrade"

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run the coroutine with the database open. Raises CliError if the database has no tables."""

    async def with_database() -> Result:
        url = settings().database_url
        if await migrate.current(url) is None:
            raise CliError(NO_TABLES)
        open_database(url)
        try:
            return await coroutine
        finally:
            await close_database()

    try:
        return asyncio.run(with_database())
    finally:
        coroutine.close()  # without tables it was never awaited


def chosen_meeting(code: str | None) -> Meeting:
    """The meeting with this code, or else the one of CME_MEETING, or else the only one.

    Raises CliError if the database has no tables, MeetingNotFound and MeetingNotNamed.
    """
    return run(select_meeting(code or settings().meeting or None))


def actor() -> str:
    """The user of the command, as named in the audit log."""
    return f"staff {getuser()}"
