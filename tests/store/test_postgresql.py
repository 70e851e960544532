"""Connections to PostgreSQL that may be gone since they were used."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from cme_reflex.store import postgresql
from cme_reflex.store.database import ask

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])

BACKEND = sa.text("SELECT pg_backend_pid()")
END = sa.text("SELECT pg_terminate_backend(:backend)")


async def backend() -> int:
    """The process of the server at the other end of the connection that is used next."""
    return await ask(lambda db: db.execute(BACKEND).scalar_one())


async def test_a_connection_that_was_cut_while_it_was_idle_is_replaced(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.connect() as kept:
        gone = await backend()
        await kept.execute(END, {"backend": gone})
    monkeypatch.setattr(postgresql, "IDLE", -1.0)
    # All connections that there are, and one more.
    found = await asyncio.gather(*(backend() for _ in range(3)))
    assert gone not in found


async def test_a_connection_in_use_is_not_asked_again_whether_it_is_there(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(postgresql, "_ping", asked.append)
    for _ in range(3):
        await backend()
    assert asked == []
    monkeypatch.setattr(postgresql, "IDLE", -1.0)
    await backend()
    assert len(asked) == 1
