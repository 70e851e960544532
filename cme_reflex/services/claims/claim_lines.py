"""Claim lines: adding and removing sessions, and changing their credit."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from cme_reflex.domain.claims.claim import NotInClaim
from cme_reflex.domain.credit.claimable import (
    CreditLimitExceeded,
    claimable_safety,
    max_safety,
)
from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.programme.programme import NotEligible, Session
from cme_reflex.services.claims.claim import NO_TOTALS, ClaimSummary, Draft, update_claim
from cme_reflex.services.sign_in.request_context import RequestContext


async def add_session(
    context: RequestContext, session_id: object, *, now: datetime
) -> ClaimSummary:
    """Add a session with its full credit; adding it twice changes nothing.

    A session that was removed before has its former hours and answers again.
    Raises NotEligible, PresentedByAttendee, NotYetEnded, and what `update_claim` raises.
    """

    def add(draft: Draft) -> None:
        _add(draft, session_id, now)

    return await update_claim(context, add, now=now)


async def restore_session(
    context: RequestContext, session_id: object, *, now: datetime
) -> ClaimSummary:
    """Undo the removal of a session: add it, and choose the totals again that it had cleared.

    A total that was chosen since is kept, and one that the claim does not support is not chosen.
    Raises what `add_session` raises.
    """

    def restore(draft: Draft) -> None:
        removed = draft.lines.get(draft.session(session_id).id)
        _add(draft, session_id, now)
        if removed is not None and removed.removed:
            _choose_again(draft, removed.cleared or {})

    return await update_claim(context, restore, now=now)


def _choose_again(draft: Draft, cleared: Mapping[str, int]) -> None:
    row, most = draft.row, draft.summary.claimable
    category1, safety = cleared.get("category1"), cleared.get("safety")
    if row.category1 is None and category1 is not None and category1 <= most.category1:
        row.category1 = category1
    chosen = None if row.category1 is None else Quarters(row.category1)
    if row.safety is None and safety is not None and safety <= claimable_safety(most, chosen):
        row.safety = safety


def _add(draft: Draft, session_id: object, now: datetime) -> None:
    session = draft.session(session_id)
    line = draft.lines.get(session.id)
    on_demand = line.on_demand if line else session.watched_on_demand(None)
    session.require_claimable(draft.context.attendee.badge, now, on_demand=on_demand)
    if line is None:
        draft.add_line(session, on_demand=on_demand)
    elif line.removed:
        quarters = min(line.quarters, session.quarters)
        safety = min(line.safety, _safety_limit(session, quarters))
        draft.change_line(
            line,
            removed=False,
            quarters=quarters,
            safety=safety,
            cleared=None,
        )


async def remove_session(
    context: RequestContext, session_id: object, *, now: datetime
) -> ClaimSummary:
    """Remove a session from the claim; removing it twice changes nothing.

    Its hours and answers stay in the database for Undo, and so do the totals that the claim no
    longer supports: the reply may not reach the page. Raises NotEligible for an
    unknown session, and what `update_claim` raises.
    """

    def remove(draft: Draft) -> None:
        with suppress(NotInClaim):
            line = draft.line(draft.session(session_id).id)
            removed = draft.change_line(line, removed=True)
            lost = draft.summary.lost
            if lost != NO_TOTALS:
                totals = {"category1": lost.category1, "safety": lost.safety}
                cleared = {code: total for code, total in totals.items() if total is not None}
                draft.change_line(removed, cleared=cleared)

    return await update_claim(context, remove, now=now)


async def set_hours(
    context: RequestContext, session_id: object, quarters: Quarters, *, now: datetime
) -> ClaimSummary:
    """Set the claimed hours of a session, up to its credit.

    Patient Safety follows the hours down, and up again unless the attendee has lowered it.
    Raises NotEligible for an unknown session, NotInClaim, CreditLimitExceeded, and what
    `update_claim` raises.
    """

    def claim(draft: Draft) -> None:
        session = draft.session(session_id)
        if not 1 <= quarters <= session.quarters:
            raise CreditLimitExceeded(session.quarters, quarters)
        line = draft.line(session.id)
        untouched = line.safety == _safety_limit(session, line.quarters)
        limit = _safety_limit(session, quarters)
        safety = limit if untouched else min(line.safety, limit)
        draft.change_line(line, quarters=quarters, safety=safety, lowered=False)

    return await update_claim(context, claim, now=now)


async def set_safety(
    context: RequestContext, session_id: object, quarters: Quarters, *, now: datetime
) -> ClaimSummary:
    """Set the claimed Patient Safety credit of a session, up to its limit.

    Raises NotEligible for an unknown session, NotInClaim, CreditLimitExceeded,
    and what `update_claim` raises.
    """

    def claim(draft: Draft) -> None:
        session = draft.session(session_id)
        line = draft.line(session.id)
        limit = _safety_limit(session, line.quarters)
        if not 0 <= quarters <= limit:
            raise CreditLimitExceeded(limit, quarters)
        draft.change_line(line, safety=quarters)

    return await update_claim(context, claim, now=now)


async def set_on_demand(
    context: RequestContext, session_id: object, on_demand: bool, *, now: datetime
) -> ClaimSummary:
    """Record whether a session was watched on demand or live.

    Raises NotInClaim, NotEligible if the session does not offer both,
    PresentedByAttendee, NotYetEnded, and what `update_claim` raises.
    """

    def record(draft: Draft) -> None:
        session = draft.session(session_id)
        if session.watched_on_demand(on_demand) is not on_demand:
            raise NotEligible(session.code)
        line = draft.line(session.id)
        session.require_claimable(context.attendee.badge, now, on_demand=on_demand)
        draft.change_line(line, on_demand=on_demand)

    return await update_claim(context, record, now=now)


def _safety_limit(session: Session, claimed: int) -> Quarters:
    return max_safety(session.safety, Quarters(claimed))
