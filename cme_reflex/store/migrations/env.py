"""Alembic environment: runs the migrations on the connection of store/migrate.py.

The `alembic` command (to write a new revision) opens the database of the settings instead.
"""

import asyncio
from typing import Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel

from cme_reflex.settings import settings
from cme_reflex.store import columns
from cme_reflex.store.database import NO_LIMIT
from cme_reflex.store.engines import create_database


def render_item(kind: str, item: object, autogen_context: object) -> str | Literal[False]:
    """Render plain SQLAlchemy types, so that revisions do not depend on the application's types."""
    if kind == "type" and isinstance(item, columns.UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run(connection: sa.Connection) -> None:
    """Run the migrations on this connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on_configured_database() -> None:
    """Run on the database of the settings, for `alembic revision --autogenerate`."""
    database = create_database(settings().database_url)
    await database.write(lambda db: run(db.connection()), dry_run=False, timeout=NO_LIMIT)
    await database.close()


if connection := context.config.attributes.get("connection"):
    run(connection)
else:
    asyncio.run(run_on_configured_database())
