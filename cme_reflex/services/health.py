"""Whether the parts that a claim needs are there."""

import sqlalchemy as sa

from cme_reflex.store.database import reading


async def database_answers() -> bool:
    """Whether the database can be asked."""
    try:
        async with reading() as db:
            await (await db.connection()).execute(sa.select(1))
    except (sa.exc.SQLAlchemyError, OSError):
        return False
    return True
