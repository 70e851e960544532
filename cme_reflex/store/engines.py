"""Opening the database of this process by its URL: SQLite by default, or PostgreSQL."""

import sqlalchemy as sa

from cme_reflex.store import database
from cme_reflex.store.database import Database
from cme_reflex.store.postgresql import PostgreSQLDatabase
from cme_reflex.store.sqlite import SQLiteDatabase


def open_database(url: str) -> sa.Engine:
    """Open the database of this process. Returns its engine, to listen to its events."""
    database.current = create_database(url)
    return database.current.engine


async def close_database() -> None:
    """Finish pending work and close all connections."""
    if database.current is not None:
        closing, database.current = database.current, None
        await closing.close()


def create_database(url: str) -> Database:
    """A database for an SQLite or PostgreSQL URL. Its errors do not show a statement's values.

    Raises ArgumentError for any other URL.
    """
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return SQLiteDatabase(parsed)
        case "postgresql":
            return PostgreSQLDatabase(parsed)
    raise sa.exc.ArgumentError("only SQLite and PostgreSQL are supported")
