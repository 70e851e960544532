"""`cme db`: the revision of the database; and the database of every other command."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import typer
from alembic.util import CommandError

from cme_reflex.cli.faults import Fault
from cme_reflex.settings import settings
from cme_reflex.store import migrate
from cme_reflex.store.database import close_database, open_database

Answer = TypeVar("Answer")


def upgrade(revision: str) -> None:
    """Bring the database to the revision and print it. Raises Fault for an unknown one."""
    try:
        asyncio.run(migrate.upgrade(settings().database_url, revision))
    except CommandError as error:
        raise Fault(f"{error}.") from error
    current()


def downgrade(revision: str) -> None:
    """Take the database back to the revision and print it. Raises Fault for an unknown one."""
    try:
        asyncio.run(migrate.downgrade(settings().database_url, revision))
    except CommandError as error:
        raise Fault(f"{error}.") from error
    current()


def current() -> None:
    """Print the database's revision."""
    revision = asyncio.run(migrate.current(settings().database_url))
    typer.echo(revision or "The database has no tables. Make them with: cme db upgrade")


def run(intention: Coroutine[Any, Any, Answer]) -> Answer:
    """Await what a service does, with the database open. Raises Fault where it has no tables."""

    async def with_database() -> Answer:
        url = settings().database_url
        if await migrate.current(url) is None:
            raise Fault("The database has no tables. Make them with: cme db upgrade")
        open_database(url)
        try:
            return await intention
        finally:
            await close_database()

    try:
        return asyncio.run(with_database())
    finally:
        intention.close()  # where there were no tables, it was never awaited
