"""Looking at one's claim: who asks and how it stands, in one look at the database."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cme_reflex.services import glances, signin
from cme_reflex.services.claim import standing_of
from cme_reflex.services.glances import Look
from cme_reflex.store import claims, database


async def look(meeting: str, token: str, *, now: datetime) -> Look:
    """Who holds this token, and how their claim stands at this moment. Raises NotSignedIn."""

    def at(db: sa.Connection) -> tuple[sa.Row[Any], claims.Seen]:
        holder = signin.held(db, meeting, token, now=now)
        return holder, claims.seen(db, holder.id)

    holder, rows = await database.look(at)
    visit = await signin.seen(holder, token, now=now)
    found = Look(visit, standing_of(visit, *rows))
    glances.remember(token, found)
    return found


async def glance(meeting: str, token: str, *, now: datetime, at_least: int = 0) -> Look:
    """The same as it was at most a second ago, but at this revision of the claim or a later one.

    It is enough to show a list by, and nothing is changed on the strength of it: letters of a
    search come faster than anything else happens. Raises NotSignedIn.
    """
    known = glances.recall(token)
    if known is not None and known.standing.claim.revision >= at_least:
        return known
    return await look(meeting, token, now=now)
