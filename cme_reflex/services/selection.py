"""Choosing sessions: adding, removing, and how much of each is claimed."""

from contextlib import suppress
from datetime import datetime

from cme_reflex.domain.claim import CreditLimitExceeded, safety_limit
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.programme import NotEligible, Session
from cme_reflex.domain.submission import NotInClaim
from cme_reflex.services.claim import Draft, Standing, update_claim
from cme_reflex.services.visit import Visit


async def add_session(visit: Visit, session_id: object, *, now: datetime) -> Standing:
    """Put a session on the claim with its full credit; doing it twice changes nothing.

    A session that was removed comes back with the hours and answers it had.
    Raises NotEligible, PresentedByAttendee, NotYetEnded, and what `update_claim` raises.
    """

    def add(draft: Draft) -> None:
        session = draft.session(session_id)
        line = draft.lines.get(session.id)
        on_demand = line.on_demand if line else session.watched_on_demand(None)
        session.require_claimable(visit.attendee.badge, now, on_demand=on_demand)
        if line is None:
            draft.add_line(session, on_demand=on_demand)
        elif line.removed:
            line.removed = False
            line.quarters = min(line.quarters, session.quarters)
            line.safety = min(line.safety, _safety_limit(session, line.quarters))

    return await update_claim(visit, add, now=now)


async def remove_session(visit: Visit, session_id: object, *, now: datetime) -> Standing:
    """Take a session off the claim; doing it twice changes nothing.

    Its hours and answers are kept, hidden, for Undo. Raises NotEligible for
    what is no session, and what `update_claim` raises.
    """

    def remove(draft: Draft) -> None:
        with suppress(NotInClaim):
            draft.line(draft.session(session_id).id).removed = True

    return await update_claim(visit, remove, now=now)


async def set_hours(
    visit: Visit, session_id: object, quarters: Quarters, *, now: datetime
) -> Standing:
    """Claim less than a session's credit, or all of it again.

    Patient Safety goes down with the hours, and up again with them where it
    was not lowered by hand. Raises NotEligible for what is no session,
    NotInClaim, CreditLimitExceeded, and what `update_claim` raises.
    """

    def claim(draft: Draft) -> None:
        session = draft.session(session_id)
        if not 1 <= quarters <= session.quarters:
            raise CreditLimitExceeded(session.quarters, quarters)
        line = draft.line(session.id)
        untouched = line.safety == _safety_limit(session, line.quarters)
        limit = _safety_limit(session, quarters)
        line.quarters = quarters
        line.safety = limit if untouched else min(line.safety, limit)
        line.lowered = False

    return await update_claim(visit, claim, now=now)


async def set_safety(
    visit: Visit, session_id: object, quarters: Quarters, *, now: datetime
) -> Standing:
    """Lower a line's Patient Safety, or raise it again.

    Raises NotEligible for what is no session, NotInClaim, CreditLimitExceeded,
    and what `update_claim` raises.
    """

    def claim(draft: Draft) -> None:
        session = draft.session(session_id)
        line = draft.line(session.id)
        limit = _safety_limit(session, line.quarters)
        if not 0 <= quarters <= limit:
            raise CreditLimitExceeded(limit, quarters)
        line.safety = quarters

    return await update_claim(visit, claim, now=now)


async def set_on_demand(
    visit: Visit, session_id: object, on_demand: bool, *, now: datetime
) -> Standing:
    """Say that a session was watched on demand, where that is offered, or live after all.

    Raises NotInClaim, NotEligible where there is no such choice,
    PresentedByAttendee, NotYetEnded, and what `update_claim` raises.
    """

    def say(draft: Draft) -> None:
        session = draft.session(session_id)
        if session.watched_on_demand(on_demand) is not on_demand:
            raise NotEligible(session.code)
        line = draft.line(session.id)
        session.require_claimable(visit.attendee.badge, now, on_demand=on_demand)
        line.on_demand = on_demand

    return await update_claim(visit, say, now=now)


def _safety_limit(session: Session, claimed: int) -> Quarters:
    return safety_limit(session.safety, Quarters(claimed))
