"""Reading and writing the tallies of attempts."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.attempts import Tally
from cme_reflex.store.insert import insert_into
from cme_reflex.store.tables import TallyRow

SWEPT = 20  # rows at once; an attempt makes a few at most, so the table does not grow


async def lock(db: AsyncSession, scope: str, key: str, now: datetime) -> Tally:
    """The tally of a key, nobody else's until the end of `db`; empty where there was none."""
    mine = insert_into(db, TallyRow).values(
        scope=scope, key_hash=_hash(key), count=0, until=now, forgotten_at=now
    )
    # What is there is written as it is: that locks it, and no sweep can come in between.
    kept = mine.on_conflict_do_update(
        index_elements=["scope", "key_hash"], set_={"count": TallyRow.count}
    )
    returned = kept.returning(col(TallyRow.count), col(TallyRow.until), col(TallyRow.forgotten_at))
    return Tally(*(await db.exec(returned)).one())


async def put(db: AsyncSession, scope: str, key: str, tally: Tally | None) -> None:
    """Write the tally of a key that `lock` has locked; None takes it away."""
    of_key = (col(TallyRow.scope) == scope, col(TallyRow.key_hash) == _hash(key))
    if tally is None:
        await db.exec(sa.delete(TallyRow).where(*of_key))
        return
    values = {"count": tally.count, "until": tally.until, "forgotten_at": tally.forgotten_at}
    await db.exec(sa.update(TallyRow).where(*of_key).values(values))


async def sweep(db: AsyncSession, now: datetime) -> None:
    """Delete some of what is forgotten; the last thing in a transaction, because it locks."""
    forgotten = (
        select(TallyRow.scope, TallyRow.key_hash)
        .where(TallyRow.forgotten_at <= now)
        .limit(SWEPT)
        # What another transaction counts at this moment is not forgotten.
        .with_for_update(skip_locked=True)
    )
    key = sa.tuple_(col(TallyRow.scope), col(TallyRow.key_hash))
    await db.exec(sa.delete(TallyRow).where(key.in_(forgotten)))


def _hash(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
