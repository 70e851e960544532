"""Table of meetings."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class SignatureImageRow(SQLModel, table=True):
    """The image of a signature as SVG, by its digest. It never changes and is never deleted.

    Meetings and submitted versions refer to it in their documents.
    """

    __tablename__ = "signature_image"

    digest: str = Field(primary_key=True)
    svg: str


class MeetingRow(SQLModel, table=True):
    """A meeting as described by its folder. `version` increases with every load that changes it."""

    __tablename__ = "meeting"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    version: int
    document: dict[str, Any] = Field(sa_type=sa.JSON)
    loaded_at: datetime = Field(sa_type=UtcDateTime)
