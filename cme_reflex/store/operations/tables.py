"""Tables of operations."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class OperationRow(SQLModel, table=True):
    """What staff did to the database as a whole: a backup restored, old records purged.

    Only ever added to; neither a purge nor a restore takes one away.
    """

    __tablename__ = "operation"
    __table_args__ = (sa.CheckConstraint("what IN ('restored', 'purged')", name="what"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    what: str
    details: dict[str, Any] = Field(sa_type=sa.JSON)


class ApiTokenRow(SQLModel, table=True):
    """What a system of the society's reads claims with. Its secret is kept as a hash alone.

    `selector` finds the row and is no secret; `last_used_at` is exact to a minute.
    """

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    selector: str = Field(unique=True)
    secret_hash: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = None
