"""Tables of claims: lines, commands, receipts, the feed's counter and the audit log."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class ClaimRow(SQLModel, table=True):
    """A claim of an attendee. `revision` increases with every change that Submit must know of."""

    __tablename__ = "claim"
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'reopened', 'withdrawn')", name="status"
        ),
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
    """One session in a claim. A removed line keeps its hours, so that Undo can restore them.

    `cleared` are the claim's totals that its removal cleared, by the code of the credit type.
    `lowered`: a newer programme offers less credit than was claimed, so the hours were reduced.
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
    cleared: dict[str, int] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))


class CommandRow(SQLModel, table=True):
    """An executed command of an attendee's browser; its id prevents a second execution."""

    __tablename__ = "command"

    claim_id: int = Field(foreign_key="claim.id", primary_key=True)
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class FeedRow(SQLModel, table=True):
    """Counter of submissions and withdrawals in the order of their commits; a single row.

    Each locks it until the end of the transaction, so a number is never visible before
    a smaller one. `epoch` changes with a restore, after which numbers may be assigned again.
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
    """A receipt for one submitted version. `document` is the claim as submitted.

    `position` is its number in the feed of all meetings' submissions; see FeedRow. A version that
    is withdrawn is no proof from `withdrawn_at` on, and gets a new position, so that readers of
    the feed learn of it.
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
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClaimAuditRow(SQLModel, table=True):
    """An audit entry: one change of a claim's status, its actor, time and reason. Append-only."""

    __tablename__ = "claim_audit"

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    from_status: str | None = None
    to_status: str
    reason: str = ""
    receipt: str | None = None
