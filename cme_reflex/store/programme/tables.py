"""Tables of sessions and their credit."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime, credit_subset_constraints


class SessionRow(SQLModel, table=True):
    """A session of the programme. A withdrawn one is not deleted, because claims refer to it."""

    __tablename__ = "session"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "code"),
        sa.CheckConstraint("starts_at <= ends_at", name="ends_after_start"),
        sa.CheckConstraint("delivery IN ('live', 'on demand', 'both')", name="delivery"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    code: str
    title: str
    kind: str
    track: str
    room: str
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    speakers: list[str] = Field(sa_type=sa.JSON)
    delivery: str
    eligible: bool
    withdrawn: bool = False
    faculty_badges: list[str] = Field(sa_type=sa.JSON)
    on_demand_from: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionCreditRow(SQLModel, table=True):
    """The credit of one type that a session gives, in whole increments, and its number there.

    `identifier` is the session's own for the type, such as a UAN.
    """

    __tablename__ = "session_credit"
    __table_args__ = credit_subset_constraints("session_credit", "session_id")

    session_id: int = Field(foreign_key="session.id", primary_key=True)
    credit_type: str = Field(primary_key=True)
    amount: int
    identifier: str = ""
    part_of: str | None = None
    part_of_amount: int | None = None
