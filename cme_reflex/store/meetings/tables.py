"""Tables of meetings and their images."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime


class MeetingImageRow(SQLModel, table=True):
    """An image of meetings, a logo or a signature, by the SHA-256 digest of its content.

    It never changes and is never deleted: meetings and submitted versions refer to it in their
    documents. Signatures are SVG.
    """

    __tablename__ = "meeting_image"

    digest: str = Field(primary_key=True)
    content: bytes


class MeetingRow(SQLModel, table=True):
    """A meeting. `version` increases with every change; `document` is a `Meeting`.

    `loaded_version` is the last one that came from a folder, at `loaded_at`. To a meeting that is
    archived nobody signs in.
    """

    __tablename__ = "meeting"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    version: int
    document: dict[str, Any] = Field(sa_type=sa.JSON)
    loaded_version: int = 0
    loaded_at: datetime = Field(sa_type=UtcDateTime)
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
