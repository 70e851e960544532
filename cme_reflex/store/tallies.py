"""Reading and writing the tallies of attempts."""

from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.attempts import Tally
from cme_reflex.store.insert import insert_into
from cme_reflex.store.tables import TallyRow

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


async def lock(db: AsyncSession, scope: str, key: str) -> Tally:
    """The tally of a key, nobody else's until the end of `db`; empty where there was none."""
    mine = insert_into(db, TallyRow).values(
        scope=scope, key_hash=_hash(key), count=0, until=_NEVER, forgotten_at=_NEVER
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


def _hash(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
