"""Reading and writing the tallies of attempts."""

from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from cme_reflex.domain.attempts import Tally
from cme_reflex.store.insert import insert_for
from cme_reflex.store.tables import TallyRow

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_TALLIES = SQLModel.metadata.tables["tally"]

# Several at every attempt, so they are put together once: that takes longer than the answer.
_BY_KEY = (_TALLIES.c.scope == sa.bindparam("of_scope"), _TALLIES.c.key_hash == sa.bindparam("of"))
_FIELDS = [field.name for field in fields(Tally)]
_UPDATE = sa.update(_TALLIES).where(*_BY_KEY)
_DELETE = sa.delete(_TALLIES).where(*_BY_KEY)


@lru_cache
def _lock_statement(dialect: str) -> sa.Insert:
    insert = insert_for(dialect, TallyRow).values(
        scope=sa.bindparam("of_scope"),
        key_hash=sa.bindparam("of"),
        count=0,
        until=_NEVER,
        forgotten_at=_NEVER,
    )
    # What is there is written as it is: that locks it, and no sweep can come in between.
    locked = insert.on_conflict_do_update(
        index_elements=["scope", "key_hash"], set_={"count": _TALLIES.c.count}
    )
    return locked.returning(_TALLIES.c.count, _TALLIES.c.until, _TALLIES.c.forgotten_at)


def lock(db: Session, scope: str, key: str) -> Tally:
    """The tally of a key, nobody else's until the end of `db`; empty where there was none."""
    return Tally(
        *db.exec(_lock_statement(db.get_bind().dialect.name), params=_key(scope, key)).one()
    )


def put(db: Session, scope: str, key: str, tally: Tally | None) -> None:
    """Write the tally of a key that `lock` has locked; None takes it away."""
    if tally is None:
        db.exec(_DELETE, params=_key(scope, key))
    else:
        # Not `asdict`, which copies each instant, its zone included.
        values = {name: getattr(tally, name) for name in _FIELDS}
        db.exec(_UPDATE, params={**_key(scope, key), **values})


def _key(scope: str, key: str) -> dict[str, str]:
    return {"of_scope": scope, "of": sha256(key.encode("utf-8", "surrogatepass")).hexdigest()}
