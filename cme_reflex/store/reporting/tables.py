"""Tables of learner credit reporting."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class OptInRow(SQLModel, table=True):
    """An attendee's opt-in: data for learner credit reporting and the consent. Not of the claim."""

    __tablename__ = "opt_in"
    __table_args__ = (
        sa.CheckConstraint("birth_month BETWEEN 1 AND 12", name="birth_month"),
        sa.CheckConstraint("birth_day BETWEEN 1 AND 31", name="birth_day"),
    )

    attendee_id: int = Field(foreign_key="attendee.id", primary_key=True)
    first_name: str
    last_name: str
    birth_month: int
    birth_day: int
    state: str
    licence_id: str
    npi: str
    board: str
    board_id: str
    consent_version: str
    consented_at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportingBatchRow(SQLModel, table=True):
    """A batch of learner credit for PARS. Until `delivered_at` is set, its files may be missing."""

    __tablename__ = "reporting_batch"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportingRow(SQLModel, table=True):
    """One row of a batch's file, verbatim. A row that PARS rejected had no effect there.

    `rejected_in` is the digest of the file that reported the rejection.
    """

    __tablename__ = "reporting_row"
    __table_args__ = (sa.CheckConstraint("action IN ('Add', 'Delete')", name="action"),)

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="reporting_batch.id", index=True)
    attendee_id: int = Field(foreign_key="attendee.id", index=True)
    action: str
    record: dict[str, str] = Field(sa_type=sa.JSON)
    rejected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rejection: str = ""
    rejected_in: str = ""
