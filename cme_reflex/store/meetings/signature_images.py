"""Images of signatures, stored once each, by the digest of their content."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from cme_reflex.store.meetings.tables import SignatureImageRow
from cme_reflex.store.upsert import insert_into


def save(db: Session, images: Mapping[str, str]) -> None:
    """Save images (SVG by digest) that are not stored yet."""
    for digest, svg in images.items():
        db.exec(
            insert_into(db, SignatureImageRow)
            .values(digest=digest, svg=svg)
            .on_conflict_do_nothing(index_elements=["digest"])
        )


def load(db: Session, digests: Iterable[str]) -> Mapping[str, str]:
    """The images (SVG) with these digests."""
    if not (wanted := set(digests)):
        return {}
    found = select(SignatureImageRow).where(col(SignatureImageRow.digest).in_(wanted))
    return {row.digest: row.svg for row in db.exec(found)}
