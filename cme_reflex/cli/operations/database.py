"""`cme db`: migrations of the database."""

import asyncio

import typer
from alembic.util import CommandError

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.runner import NO_TABLES
from cme_reflex.settings import settings
from cme_reflex.store import migrate


def upgrade(revision: str) -> None:
    """Upgrade the database to a revision and print it. Raises CliError for an unknown one."""
    try:
        asyncio.run(migrate.upgrade(settings().database_url, revision))
    except CommandError as error:
        raise CliError(f"{error}.") from error
    current()


def downgrade(revision: str) -> None:
    """Downgrade the database to a revision and print it. Raises CliError for an unknown one."""
    try:
        asyncio.run(migrate.downgrade(settings().database_url, revision))
    except CommandError as error:
        raise CliError(f"{error}.") from error
    current()


def current() -> None:
    """Print the database's revision."""
    typer.echo(asyncio.run(migrate.current(settings().database_url)) or NO_TABLES)
