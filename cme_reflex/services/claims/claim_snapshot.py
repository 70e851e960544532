"""Snapshots of a claim: who asks and how it stands, both as of one moment."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from cme_reflex.services.claims.claim import ClaimSummary, summarize
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims
from cme_reflex.store.database import read


class ClaimSnapshot(NamedTuple):
    """Who asks, and how their claim stands."""

    context: RequestContext
    summary: ClaimSummary


async def load(meeting: str, hashed: str, *, now: datetime) -> ClaimSnapshot:
    """The snapshot for the holder of the token with this hash. Raises NotSignedIn."""

    def found(db: Session) -> tuple[authentication.FoundSession, ClaimSnapshot]:
        session = authentication.find_session(db, meeting, hashed, now=now)
        rows = claims.find_with_lines(db, session.context.attendee.id)
        return session, ClaimSnapshot(session.context, summarize(session.context, *rows))

    session, snapshot = await read(found)
    await authentication.touch(session, now=now)
    return snapshot
