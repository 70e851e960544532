"""Deletion of expired rows, in small batches with each insert."""

import sqlalchemy as sa
from sqlmodel import SQLModel

BATCH_SIZE = 20  # rows; more than are inserted between two deletions, so no table grows


def delete_expired(table: type[SQLModel], ended: sa.ColumnElement[bool]) -> sa.Delete:
    """A DELETE of at most BATCH_SIZE rows that match `ended`; build it once at import.

    Rows locked by another transaction are skipped. Bind parameters of `ended` become its own.
    """
    rows = SQLModel.metadata.tables[str(table.__tablename__)]
    batch = (
        sa.select(*rows.primary_key)
        .where(ended)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
    )
    return sa.delete(rows).where(sa.tuple_(*rows.primary_key).in_(batch))
