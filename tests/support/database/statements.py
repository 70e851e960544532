"""The statements that reach a database, and the rows that it returns, for tests that count."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import SQLModel

from cme_reflex.store import database

TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA", "SET LOCAL")


@contextmanager
def record_statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database, but not those that control transactions."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(TRANSACTION_CONTROL):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@contextmanager
def loaded_rows(table: type[SQLModel]) -> Iterator[list[object]]:
    """The rows of a table that are loaded, once for each session that loads one."""
    seen: list[object] = []

    def note(row: object, context: object) -> None:
        seen.append(row)

    sa.event.listen(table, "load", note)
    try:
        yield seen
    finally:
        sa.event.remove(table, "load", note)


@contextmanager
def counted_writes() -> Iterator[list[object]]:
    """The functions that are given to `database.write`, whether or not they change a row."""
    seen: list[object] = []
    current = database.current
    assert current is not None
    write = current.write

    async def count(f: Any, **options: Any) -> Any:
        seen.append(f)
        return await write(f, **options)

    current.write = count  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        del current.write  # type: ignore[attr-defined]
