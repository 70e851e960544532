"""Tables of claims."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class ClaimRow(SQLModel, table=True):
    """An attendee's claim. `revision` grows with every change that Submit must have seen."""

    __tablename__ = "claim"
    __table_args__ = (
        sa.CheckConstraint("status IN ('draft', 'submitted', 'reopened')", name="status"),
        sa.CheckConstraint("category1 > 0", name="category1"),
        sa.CheckConstraint("safety >= 0", name="safety"),
        sa.CheckConstraint(
            "category1 IS NULL OR safety IS NULL OR safety <= category1", name="safety_is_subset"
        ),
        sa.CheckConstraint(
            "status <> 'submitted' OR category1 IS NOT NULL", name="submitted_has_credit"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    attendee_id: int = Field(foreign_key="attendee.id", unique=True)
    status: str = "draft"
    revision: int = 0
    category1: int | None = None
    safety: int | None = None
    reopened_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LineRow(SQLModel, table=True):
    """One session in a claim. A removed line is hidden with its hours, so that Undo has them.

    `lowered` tells that a newer programme has less credit than was claimed.
    """

    __tablename__ = "claim_line"
    __table_args__ = (
        sa.CheckConstraint("quarters > 0", name="quarters"),
        sa.CheckConstraint("safety BETWEEN 0 AND quarters", name="safety"),
    )

    claim_id: int = Field(foreign_key="claim.id", primary_key=True)
    session_id: int = Field(foreign_key="session.id", primary_key=True)
    quarters: int
    safety: int
    on_demand: bool
    removed: bool = False
    lowered: bool = False


class CommandRow(SQLModel, table=True):
    """A change that an attendee's browser asked for and that was made; it is made only once."""

    __tablename__ = "command"

    claim_id: int = Field(foreign_key="claim.id", primary_key=True)
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class FeedRow(SQLModel, table=True):
    """The one row that counts submitted versions in the order in which they are committed.

    Whoever submits has it locked until the end of the transaction, so a number is never
    seen before a smaller one. `epoch` is another one after a restore, which may count anew.
    """

    __tablename__ = "feed"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.CheckConstraint("last > 0", name="last"),
    )

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: str
    last: int


class ReceiptRow(SQLModel, table=True):
    """The proof of one submitted version. `document` is the claim as it was submitted.

    `position` is its number in the order of all meetings' submissions; see FeedRow.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "version"),
        sa.CheckConstraint("position > 0", name="position"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("category1 > 0", name="category1"),
        sa.CheckConstraint("safety BETWEEN 0 AND category1", name="safety"),
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    version: int
    number: str = Field(unique=True)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    category1: int
    safety: int
    document: dict[str, Any] = Field(sa_type=sa.JSON)
    position: int = Field(unique=True)


class ClaimAuditRow(SQLModel, table=True):
    """Every change of a claim's status: who, when, what and why. Only ever added to."""

    __tablename__ = "claim_audit"

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    from_status: str | None = None
    to_status: str
    reason: str = ""
    receipt: str | None = None
