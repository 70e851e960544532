"""Table of evaluation answers."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class AnswerRow(SQLModel, table=True):
    """An answer to one question; without a session it belongs to the overall evaluation."""

    __tablename__ = "answer"
    __table_args__ = (
        sa.Index(
            "uq_answer_session",
            "claim_id",
            "session_id",
            "question",
            unique=True,
            sqlite_where=sa.text("session_id IS NOT NULL"),
            postgresql_where=sa.text("session_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_answer_overall",
            "claim_id",
            "question",
            unique=True,
            sqlite_where=sa.text("session_id IS NULL"),
            postgresql_where=sa.text("session_id IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    session_id: int | None = Field(default=None, foreign_key="session.id")
    question: str
    value: Any = Field(sa_type=sa.JSON)
