"""Table of the mail queue."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class MailQueueRow(SQLModel, table=True):
    """A queued message, inserted by the transaction that it reports on.

    `recipient` is the address, `payload` the data from which the message is rendered when it is
    sent. A worker leases it until `leased_until`; `dedupe_key` prevents duplicates. It is not
    sent after `expires_at`.
    """

    __tablename__ = "mail_queue"
    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('confirmation', 'reminder', 'sign-in link', 'invitation', 'withdrawal',"
            " 'address changed')",
            name="kind",
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'withdrawn', 'uncertain', 'dead')",
            name="state",
        ),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.CheckConstraint(
            "(state = 'sending') = (leased_until IS NOT NULL)", name="leased_while_sending"
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_with_its_time"),
        sa.Index("ix_mail_queue_due", "state", "not_before"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    kind: str
    recipient: str
    payload: dict[str, Any] = Field(sa_type=sa.JSON)
    dedupe_key: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    not_before: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "waiting"
    attempts: int = 0
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
