"""Claim snapshot: the request context and the claim's summary, read together."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from cme_reflex.services.claims.claim import ClaimSummary, summary_in
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.database import read


class ClaimSnapshot(NamedTuple):
    """A request context and the summary of its attendee's claim."""

    context: RequestContext
    summary: ClaimSummary


async def load(meeting: str, hashed: str, *, now: datetime) -> ClaimSnapshot:
    """The snapshot for the hash of a session token, in one read. Raises NotSignedIn."""

    def load_rows(db: Session) -> tuple[authentication.FoundSignIn, ClaimSnapshot]:
        session = authentication.find_sign_in(db, meeting, hashed, now=now)
        summary = summary_in(db, session.context, now=now)
        return session, ClaimSnapshot(session.context, summary)

    session, snapshot = await read(load_rows)
    await authentication.touch(session, now=now)
    return snapshot
