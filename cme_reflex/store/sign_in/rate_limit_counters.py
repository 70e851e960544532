"""Queries for rate-limit counters."""

from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from cme_reflex.domain.sign_in.rate_limits import RateLimitCounter
from cme_reflex.store.sign_in.tables import RateLimitCounterRow
from cme_reflex.store.upsert import insert_for

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTERS = SQLModel.metadata.tables["rate_limit_counter"]

# Several are executed at every attempt, so they are built once: building takes longer.
_BY_KEY = (
    _COUNTERS.c.scope == sa.bindparam("key_scope"),
    _COUNTERS.c.key_hash == sa.bindparam("hashed_key"),
)
_FIELDS = [field.name for field in fields(RateLimitCounter)]
_UPDATE = sa.update(_COUNTERS).where(*_BY_KEY)
_DELETE = sa.delete(_COUNTERS).where(*_BY_KEY)


@lru_cache
def _lock_statement(dialect: str) -> sa.Insert:
    insert = insert_for(dialect, RateLimitCounterRow).values(
        scope=sa.bindparam("key_scope"),
        key_hash=sa.bindparam("hashed_key"),
        count=0,
        until=_NEVER,
        forgotten_at=_NEVER,
    )
    # An existing row is updated without a change, which locks it before it can be deleted.
    locked = insert.on_conflict_do_update(
        index_elements=["scope", "key_hash"], set_={"count": _COUNTERS.c.count}
    )
    return locked.returning(_COUNTERS.c.count, _COUNTERS.c.until, _COUNTERS.c.forgotten_at)


def lock_counter(db: Session, scope: str, key: str) -> RateLimitCounter:
    """The counter of a key, created if missing; locked until the end of the transaction."""
    return RateLimitCounter(
        *db.exec(_lock_statement(db.get_bind().dialect.name), params=_key(scope, key)).one()
    )


def save_counter(db: Session, scope: str, key: str, counter: RateLimitCounter | None) -> None:
    """Save the counter of a key that `lock_counter` has locked; None deletes it."""
    if counter is None:
        db.exec(_DELETE, params=_key(scope, key))
    else:
        # Not `asdict`, which makes deep copies of the datetimes.
        values = {name: getattr(counter, name) for name in _FIELDS}
        db.exec(_UPDATE, params={**_key(scope, key), **values})


def _key(scope: str, key: str) -> dict[str, str]:
    hashed = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return {"key_scope": scope, "hashed_key": hashed}
