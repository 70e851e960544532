"""Choosing sessions: adding, removing, and how much of each is claimed."""

from contextlib import suppress
from datetime import datetime

from cme_reflex.domain.claim import CreditLimitExceeded, safety_limit
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.programme import NotEligible, Session
from cme_reflex.domain.submission import NotInClaim
from cme_reflex.services.claim import Standing, changing, once
from cme_reflex.services.visit import Visit
from cme_reflex.store.claims import KeptLine


@once
async def add_session(visit: Visit, session_id: object, *, now: datetime) -> Standing:
    """Put a session on the claim with its full credit; doing it twice changes nothing.

    A session that was removed comes back with the hours and answers it had.
    Raises NotEligible, PresentedByAttendee, NotYetEnded, and what `changing` raises.
    """
    async with changing(visit, now=now) as draft:
        session = draft.session(session_id)
        line = draft.lines.get(session.id)
        on_demand = line.on_demand if line else session.watched_on_demand(None)
        session.require_claimable(visit.attendee.badge, now, on_demand=on_demand)
        if line is None:
            await draft.put(KeptLine(session.id, session.quarters, session.safety, on_demand))
        elif line.removed:
            quarters = min(line.quarters, session.quarters)
            safety = min(line.safety, _safety_limit(session, quarters))
            await draft.put(line._replace(removed=False, quarters=quarters, safety=safety))
        return draft.settled()


@once
async def remove_session(visit: Visit, session_id: object, *, now: datetime) -> Standing:
    """Take a session off the claim; doing it twice changes nothing.

    Its hours and answers are kept, hidden, for Undo. Raises NotEligible for
    what is no session, and what `changing` raises.
    """
    async with changing(visit, now=now) as draft:
        with suppress(NotInClaim):
            line = draft.line(draft.session(session_id).id)
            await draft.put(line._replace(removed=True))
        return draft.settled()


@once
async def set_hours(
    visit: Visit, session_id: object, quarters: Quarters, *, now: datetime
) -> Standing:
    """Claim less than a session's credit, or all of it again.

    Patient Safety goes down with the hours, and up again with them where it
    was not lowered by hand. Raises NotEligible for what is no session,
    NotInClaim, CreditLimitExceeded, and what `changing` raises.
    """
    async with changing(visit, now=now) as draft:
        session = draft.session(session_id)
        if not 1 <= quarters <= session.quarters:
            raise CreditLimitExceeded(session.quarters, quarters)
        line = draft.line(session.id)
        untouched = line.safety == _safety_limit(session, line.quarters)
        limit = _safety_limit(session, quarters)
        safety = limit if untouched else min(line.safety, limit)
        await draft.put(line._replace(quarters=quarters, safety=safety, lowered=False))
        return draft.settled()


@once
async def set_safety(
    visit: Visit, session_id: object, quarters: Quarters, *, now: datetime
) -> Standing:
    """Lower a line's Patient Safety, or raise it again.

    Raises NotEligible for what is no session, NotInClaim, CreditLimitExceeded,
    and what `changing` raises.
    """
    async with changing(visit, now=now) as draft:
        session = draft.session(session_id)
        line = draft.line(session.id)
        limit = _safety_limit(session, line.quarters)
        if not 0 <= quarters <= limit:
            raise CreditLimitExceeded(limit, quarters)
        await draft.put(line._replace(safety=quarters))
        return draft.settled()


@once
async def set_on_demand(
    visit: Visit, session_id: object, on_demand: bool, *, now: datetime
) -> Standing:
    """Say that a session was watched on demand, where that is offered, or live after all.

    Raises NotInClaim, NotEligible where there is no such choice,
    PresentedByAttendee, NotYetEnded, and what `changing` raises.
    """
    async with changing(visit, now=now) as draft:
        session = draft.session(session_id)
        if session.watched_on_demand(on_demand) is not on_demand:
            raise NotEligible(session.code)
        line = draft.line(session.id)
        session.require_claimable(visit.attendee.badge, now, on_demand=on_demand)
        await draft.put(line._replace(on_demand=on_demand))
        return draft.settled()


def _safety_limit(session: Session, claimed: int) -> Quarters:
    return safety_limit(session.safety, Quarters(claimed))
