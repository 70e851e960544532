"""Snapshots of a claim: who asks and how it stands, both as of one moment."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from cme_reflex.services import signin
from cme_reflex.services.claim import Standing, summarize
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims
from cme_reflex.store.database import read


class ClaimSnapshot(NamedTuple):
    """Who asks, and how their claim stands."""

    visit: Visit
    standing: Standing


async def load(meeting: str, token: str, *, now: datetime) -> ClaimSnapshot:
    """Who holds this token, and how their claim stands at this moment. Raises NotSignedIn."""

    def found(db: Session) -> tuple[signin.FoundSession, ClaimSnapshot]:
        session = signin.find_session(db, meeting, token, now=now)
        rows = claims.find_with_lines(db, session.visit.attendee.id)
        return session, ClaimSnapshot(session.visit, summarize(session.visit, *rows))

    session, snapshot = await read(found)
    await signin.touch(session, now=now)
    return snapshot
