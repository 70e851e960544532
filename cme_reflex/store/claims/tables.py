"""Tables of claims: lines, totals, commands, receipts, the feed's counter and the audit log.

Amounts of credit are whole increments of their type, whose code is `credit_type`.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from cme_reflex.store.columns import UtcDateTime, credit_subset_constraints

NOT_CHOSEN = 2**31 - 1
"""Amount of a primary type's total that is not chosen while that of a subset is: no limit to it."""


class ClaimRow(SQLModel, table=True):
    """A claim of an attendee. `revision` increases with every change that Submit must know of."""

    __tablename__ = "claim"
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'reopened', 'withdrawn')", name="status"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    attendee_id: int = Field(foreign_key="attendee.id", unique=True)
    status: str = "draft"
    revision: int = 0
    reopened_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TotalRow(SQLModel, table=True):
    """The total of one credit type that the attendee chose to claim.

    The total of a subset is at most that of the type that it is `part_of`, which has a row as well.
    """

    __tablename__ = "claim_total"
    __table_args__ = (
        *credit_subset_constraints("claim_total", "claim_id"),
        sa.CheckConstraint("amount > 0 OR part_of IS NOT NULL", name="primary_is_positive"),
    )

    claim_id: int = Field(foreign_key="claim.id", primary_key=True)
    credit_type: str = Field(primary_key=True)
    amount: int
    part_of: str | None = None
    part_of_amount: int | None = None


class LineRow(SQLModel, table=True):
    """One session in a claim. A removed line keeps its minutes, so that Undo can restore them.

    `minutes` are those of taking part, from which the amounts of all credit types follow.
    `removed_at`: when it was removed; None while it is on the claim.
    `cleared` are the claim's totals that its removal cleared, by the code of the credit type.
    `lowered`: a newer programme offers less credit than was claimed.
    """

    __tablename__ = "claim_line"
    __table_args__ = (sa.CheckConstraint("minutes >= 0", name="minutes"),)

    claim_id: int = Field(foreign_key="claim.id", primary_key=True)
    session_id: int = Field(foreign_key="session.id", primary_key=True)
    minutes: int
    on_demand: bool
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lowered: bool = False
    cleared: dict[str, int] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))


class LineCreditRow(SQLModel, table=True):
    """An amount of a line that is lower than what its minutes give, as the attendee set it."""

    __tablename__ = "claim_line_credit"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["claim_id", "session_id"], ["claim_line.claim_id", "claim_line.session_id"]
        ),
        sa.CheckConstraint("amount >= 0", name="amount"),
    )

    claim_id: int = Field(primary_key=True)
    session_id: int = Field(primary_key=True)
    credit_type: str = Field(primary_key=True)
    amount: int


class CommandRow(SQLModel, table=True):
    """An executed command of an attendee's browser; its id prevents a second execution."""

    __tablename__ = "command"
    __table_args__ = (sa.Index("ix_command_claim_id", "claim_id", "at"),)

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


class ReceiptCreditRow(SQLModel, table=True):
    """The credit of one type that a submitted version claims.

    `position` is its place on the receipt, and `attended` the credit of all sessions, of which
    less may be claimed. Of a type that was claimed there are rows of all subsets that were offered.
    """

    __tablename__ = "receipt_credit"
    __table_args__ = (
        *credit_subset_constraints("receipt_credit", "receipt_id"),
        sa.UniqueConstraint("receipt_id", "position"),
        sa.CheckConstraint("amount > 0 OR part_of IS NOT NULL", name="primary_is_positive"),
        sa.CheckConstraint("attended >= 0", name="attended"),
        sa.CheckConstraint("position > 0", name="position"),
    )

    receipt_id: int | None = Field(default=None, foreign_key="receipt.id", primary_key=True)
    credit_type: str = Field(primary_key=True)
    position: int
    amount: int
    attended: int
    part_of: str | None = None
    part_of_amount: int | None = None


class ReceiptRow(SQLModel, table=True):
    """A receipt for one submitted version. `document` is the claim as submitted.

    `position` is its number in the feed of all meetings' submissions; see FeedRow. A version that
    is withdrawn is no proof from `withdrawn_at` on, and gets a new position, so that readers of
    the feed learn of it. `credits` are loaded with the receipts, in one statement more.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "version"),
        sa.CheckConstraint("position > 0", name="position"),
        sa.CheckConstraint("version > 0", name="version"),
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    version: int
    number: str = Field(unique=True)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    document: dict[str, Any] = Field(sa_type=sa.JSON)
    position: int = Field(unique=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    credits: list[ReceiptCreditRow] = Relationship(
        sa_relationship_kwargs={"lazy": "selectin", "order_by": ReceiptCreditRow.position}
    )


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
