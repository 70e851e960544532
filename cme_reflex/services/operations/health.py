"""Health checks."""

import sqlalchemy as sa

from cme_reflex.store.database import read


async def database_is_reachable() -> bool:
    """Whether the database answers a query."""
    try:
        await read(lambda db: db.connection().execute(sa.select(1)).one())
    except (sa.exc.SQLAlchemyError, OSError):
        return False
    return True
