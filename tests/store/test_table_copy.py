"""Rows are copied in an order in which they can be inserted."""

from datetime import datetime

from sqlalchemy import Engine

from cme_reflex.store import tables
from cme_reflex.store.database import read
from cme_reflex.store.operations import table_copy
from cme_reflex.store.upsert import table_of
from tests.support.database.table_rows import add, one_of_each


async def test_rows_that_refer_to_others_of_their_table_come_after_them(
    database: Engine, now: datetime
) -> None:
    await add(
        *one_of_each(now),
        tables.SessionCreditRow(session_id=1, credit_type="z-whole", amount=4),
        tables.SessionCreditRow(
            session_id=1, credit_type="a-part", amount=2, part_of="z-whole", part_of_amount=4
        ),
    )
    table = table_of(tables.SessionCreditRow)
    rows = await read(lambda db: [*table_copy.iter_rows(db.connection(), table)])
    assert [row[1] for row in rows] == ["category1", "z-whole", "a-part", "safety"]
