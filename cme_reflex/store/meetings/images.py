"""Queries for the images of meetings."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from cme_reflex.store.meetings.tables import MeetingImageRow
from cme_reflex.store.upsert import insert_into


def save(db: Session, images: Mapping[str, bytes]) -> None:
    """Save the images, by digest, that are not stored yet."""
    for digest, content in images.items():
        image = insert_into(db, MeetingImageRow).values(digest=digest, content=content)
        db.exec(image.on_conflict_do_nothing(index_elements=["digest"]))


def load(db: Session, digests: Iterable[str]) -> dict[str, bytes]:
    """The content of the images with these digests."""
    wanted = {*digests}
    if not wanted:
        return {}
    found = select(MeetingImageRow).where(col(MeetingImageRow.digest).in_(wanted))
    return {row.digest: row.content for row in db.exec(found)}
