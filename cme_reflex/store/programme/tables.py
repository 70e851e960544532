"""Table of sessions."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class SessionRow(SQLModel, table=True):
    """A session of the programme. A withdrawn one is not deleted, because claims refer to it."""

    __tablename__ = "session"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "code"),
        sa.CheckConstraint("quarters >= 0", name="quarters"),
        sa.CheckConstraint("safety BETWEEN 0 AND quarters", name="safety"),
        sa.CheckConstraint("starts_at <= ends_at", name="ends_after_start"),
        sa.CheckConstraint("delivery IN ('live', 'on demand', 'both')", name="delivery"),
        sa.CheckConstraint("NOT eligible OR quarters > 0", name="eligible_has_credit"),
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
    quarters: int
    safety: int
    eligible: bool
    withdrawn: bool = False
    faculty_badges: list[str] = Field(sa_type=sa.JSON)
    on_demand_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
