"""Tables of the operations log and API tokens."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class OperationRow(SQLModel, table=True):
    """An entry of the operations log: a restore, a purge or a change of a meeting, and by whom.

    `what` is an Operation. Append-only; neither a purge nor a restore deletes an entry.
    """

    __tablename__ = "operation"
    __table_args__ = (
        sa.CheckConstraint(
            "what IN ('restored', 'purged', 'meeting loaded', 'meeting closed',"
            " 'meeting reopened', 'meeting archived')",
            name="what",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    what: str
    details: dict[str, Any] = Field(sa_type=sa.JSON)


class ApiTokenRow(SQLModel, table=True):
    """An API token for one of the society's systems. Only a hash of its secret is stored.

    `selector` identifies the row and is not secret; `last_used_at` is precise to a minute.
    """

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    selector: str = Field(unique=True)
    secret_hash: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    scopes: list[str] = Field(sa_type=sa.JSON)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = None
