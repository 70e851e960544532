"""Differences between a file's records and the rows of its table, and saving them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

Values: TypeAlias = Mapping[str, Any]
"""A row's values by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """Counts of rows added, changed, unchanged and withdrawn for one file."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0

    @property
    def touched(self) -> bool:
        """Whether any row changed."""
        return bool(self.added or self.changed or self.withdrawn)


@dataclass(slots=True)
class RowChanges:
    """Differences between a file's records and the rows of its table: values by column.

    The values of existing rows include `id`.
    """

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0

    @property
    def counts(self) -> RowCounts:
        """The number of rows of each kind."""
        return RowCounts(
            added=len(self.added),
            changed=len(self.changed),
            unchanged=self.unchanged,
            withdrawn=len(self.withdrawn),
        )


def row_changes(existing: Mapping[str, Values], desired: Mapping[str, Values]) -> RowChanges:
    """The inserts and updates that change the existing rows into the desired ones."""
    changes = RowChanges()
    for key, values in desired.items():
        row = existing.get(key)
        if row is None:
            changes.added.append(dict(values))
        elif different := {name: value for name, value in values.items() if row[name] != value}:
            changes.changed.append({"id": row["id"], **different})
        else:
            changes.unchanged += 1
    return changes


def save_rows(
    db: Session, table: type[SQLModel], changes: RowChanges, **of_new_rows: object
) -> None:
    """Save the changes, by one statement for all rows with the same columns.

    New rows have `of_new_rows` as well.
    """
    added: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for values in changes.added:
        added[frozenset(values)].append(values | of_new_rows)
    for rows in added.values():
        db.exec(sa.insert(table), params=rows)
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for values in (*changes.changed, *changes.withdrawn):
        if values.keys() != {"id"}:
            alike[frozenset(values)].append(values)
    for rows in alike.values():
        db.exec(sa.update(table), params=rows)
