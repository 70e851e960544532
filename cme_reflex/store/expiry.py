"""Deleting what has had its time, a little with each new row."""

import sqlalchemy as sa
from sqlmodel import SQLModel

BATCH_SIZE = 20  # rows at once; a few are made between two sweeps, so no table grows


def delete_expired(table: type[SQLModel], ended: sa.ColumnElement[bool]) -> sa.Delete:
    """A statement, to be made once, that deletes some of the rows that have `ended`.

    Those that another transaction holds stay. What `ended` depends on are its parameters.
    """
    rows = SQLModel.metadata.tables[str(table.__tablename__)]
    some = (
        sa.select(*rows.primary_key)
        .where(ended)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
    )
    return sa.delete(rows).where(sa.tuple_(*rows.primary_key).in_(some))
