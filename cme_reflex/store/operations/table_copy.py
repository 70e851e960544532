"""Copying of whole tables between databases of any kind and revision."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from cme_reflex.store.migrate import MIGRATIONS
from cme_reflex.store.sqlite import DRIVER

BATCH = 500  # rows in memory at a time
# Sign-ins and everything else that is valid only for a short time. A backup leaves these tables
# out and a restore empties them: a sign-in from a backup may have been ended on purpose since.
EPHEMERAL_TABLES = frozenset(
    {"sign_in", "registration_choice", "oidc_login", "link", "rate_limit_counter"}
)
# The names of these tables before revision 0008, in backups and databases of that time.
_FORMERLY_EPHEMERAL = frozenset({"choice", "departure", "tally"})
_ALEMBIC = "alembic_version"


class IncompatibleRows(Exception):
    """The rows violate a constraint of the tables, or have other columns."""


def open_file(url: str) -> sa.Engine:
    """An engine for an SQLite file of this process's own. Its errors do not show values."""
    engine = sa.create_engine(sa.make_url(url).set(drivername=DRIVER), hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def is_known(revision: str) -> bool:
    """Whether the revision is among this program's migrations."""
    return any(each.revision == revision for each in _scripts().walk_revisions())


def newest_revision() -> str:
    """The newest revision of this program's tables."""
    return str(_scripts().get_current_head())


def current_revision(connection: sa.Connection) -> str | None:
    """The revision of the database."""
    return MigrationContext.configure(connection).get_current_revision()


def backup_tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables of a database at any revision, except the ephemeral ones."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    excluded = EPHEMERAL_TABLES | _FORMERLY_EPHEMERAL | {_ALEMBIC}
    return [table for table in metadata.sorted_tables if table.name not in excluded]


def count_rows(connection: sa.Connection, tables: Iterable[sa.Table]) -> int:
    """Total number of rows in the tables."""
    counts = [
        connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in tables
    ]
    return sum(counts)


def iter_rows(connection: sa.Connection, table: sa.Table) -> Iterator[Sequence[Any]]:
    """All rows in the order of their primary keys, one batch in memory at a time.

    In a table that refers to itself, rows that refer to others come after all that do not.
    """
    own = [key.parent.is_not(None) for key in table.foreign_keys if key.column.table is table]
    referring = [sa.and_(*own)] if own else []
    query = sa.select(table).order_by(*referring, *table.primary_key.columns)
    yield from connection.execute(query, execution_options={"yield_per": BATCH})


def to_json(row: Sequence[Any]) -> list[Any]:
    """The row as JSON values; a datetime as ISO 8601 text in UTC, bytes in Base64."""
    return [_to_json(value) for value in row]


def _to_json(value: Any) -> Any:
    match value:
        case datetime():
            return _utc(value).isoformat()
        case bytes():
            return base64.b64encode(value).decode()
    return value


def insert_rows(
    connection: sa.Connection,
    tables: Iterable[tuple[str, list[str], Iterator[list[Any]]]],
) -> None:
    """Insert rows of JSON values into the tables of an empty database. Raises IncompatibleRows."""
    missing = {table.name: table for table in backup_tables(connection)}
    try:
        for name, columns, records in tables:
            table = missing.pop(name)
            if set(columns) != {column.name for column in table.columns}:
                raise IncompatibleRows(name)
            parsers = {column.name: _parser(column.type) for column in table.columns}
            while batch := [*islice(records, BATCH)]:
                values = [_values(columns, record, parsers) for record in batch]
                connection.execute(sa.insert(table), values)
    except (KeyError, TypeError, ValueError, sa.exc.StatementError) as error:
        raise IncompatibleRows(str(error)) from error
    if missing:
        raise IncompatibleRows(", ".join(sorted(missing)))


def delete_all_rows(connection: sa.Connection) -> None:
    """Delete the rows of every table."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        connection.execute(sa.delete(table))


def lock_tables(connection: sa.Connection) -> None:
    """Lock all tables against writing until the end of the transaction; reading goes on.

    Raises DBAPIError if another transaction is writing: waiting for one table while
    holding another could cause a deadlock. SQLite's writers lock the whole file anyway.
    """
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
        connection.execute(sa.text(f"LOCK TABLE {names} IN EXCLUSIVE MODE NOWAIT"))


def reset_sequences(connection: sa.Connection) -> None:
    """Advance PostgreSQL's sequences past inserted ids; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in SQLModel.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
        highest = sa.select(sa.func.coalesce(sa.func.max(column), 0)).scalar_subquery()
        # Never backwards: a rollback does not reset a sequence.
        next_id = sa.func.greatest(highest, sa.func.nextval(sequence))
        connection.execute(sa.select(sa.func.setval(sequence, next_id)))


def _parser(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    """The inverse of `_to_json` for a column of this type. It raises ValueError."""
    match kind:
        case sa.DateTime():
            return lambda value: _utc(datetime.fromisoformat(value))
        case sa.LargeBinary():
            return lambda value: base64.b64decode(value, validate=True)
    return lambda value: value


def _values(
    columns: list[str], record: list[Any], parsers: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    pairs = zip(columns, record, strict=True)
    return {column: None if value is None else parsers[column](value) for column, value in pairs}


def _utc(value: datetime) -> datetime:
    # SQLite stores no time zone; its values are UTC.
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))
