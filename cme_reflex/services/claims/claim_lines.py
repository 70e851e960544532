"""Claim lines: adding and removing sessions, and changing their minutes and credit."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from cme_reflex.domain.claims.claim import NotInClaim
from cme_reflex.domain.credit.claimable import (
    CreditLimitExceeded,
    CreditNeedUnmet,
    CreditTypeClosed,
)
from cme_reflex.domain.credit.credit_type import Amount, Need
from cme_reflex.domain.credit.credit_types import UnknownCreditType
from cme_reflex.domain.credit.line import validate_minutes
from cme_reflex.domain.programme.programme import NotEligible
from cme_reflex.services.claims.claim import ClaimSummary, Draft, update_claim
from cme_reflex.services.sign_in.request_context import RequestContext


async def add_session(
    context: RequestContext, session_id: object, *, now: datetime
) -> ClaimSummary:
    """Add a session with its full duration; adding it twice changes nothing.

    A session that was removed before has its former minutes, amounts and answers again.
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
        if removed is not None and removed.removed_at is not None:
            _choose_again(draft, removed.cleared or {})

    return await update_claim(context, restore, now=now)


def _choose_again(draft: Draft, cleared: Mapping[str, int]) -> None:
    summary = draft.summary
    for each in summary.offered:
        if each.code in cleared and each.code not in draft.totals:
            with suppress(CreditLimitExceeded, CreditTypeClosed, CreditNeedUnmet):
                draft.choose_valid(summary, each.code, Amount(cleared[each.code]))


def _add(draft: Draft, session_id: object, now: datetime) -> None:
    session = draft.session(session_id)
    line = draft.lines.get(session.id)
    on_demand = line.on_demand if line else session.watched_on_demand(None)
    session.require_claimable(draft.context.attendee.badge, now, on_demand=on_demand)
    if line is None:
        draft.add_line(session, on_demand=on_demand)
    elif line.removed_at is not None:
        minutes = min(line.minutes, session.minutes)
        draft.change_line(line, removed_at=None, minutes=minutes, cleared=None)


async def remove_session(
    context: RequestContext, session_id: object, *, now: datetime
) -> ClaimSummary:
    """Remove a session from the claim; removing it twice changes nothing.

    Its minutes, amounts and answers stay in the database for Undo, and so do the totals that the
    claim no longer supports: the reply may not reach the page. Raises NotEligible for an
    unknown session, and what `update_claim` raises.
    """

    def remove(draft: Draft) -> None:
        with suppress(NotInClaim):
            line = draft.line(draft.session(session_id).id)
            removed = draft.change_line(line, removed_at=now)
            if cleared := draft.summary.cleared:
                draft.change_line(removed, cleared={**cleared})

    return await update_claim(context, remove, now=now)


async def set_minutes(
    context: RequestContext, session_id: object, minutes: object, *, now: datetime
) -> ClaimSummary:
    """Set the minutes of taking part in a session, from which its credit follows.

    Subsets follow their primary types, unless the attendee has lowered them. Raises NotEligible
    for an unknown session, NotInClaim, InvalidMinutes, and what `update_claim` raises.
    """

    def change(draft: Draft) -> None:
        session = draft.session(session_id)
        chosen = validate_minutes(minutes, session.minutes)
        line = draft.line(session.id)
        draft.change_line(line, minutes=chosen, lowered=False)
        for each in draft.offered.primaries:
            if each.code in draft.lower_amounts(session.id):
                draft.set_lower_amount(session.id, each.code, None)

    return await update_claim(context, change, now=now)


async def set_amount(
    context: RequestContext, session_id: object, code: str, amount: Amount, *, now: datetime
) -> ClaimSummary:
    """Set the credit of a subset that a session gives, up to its limit.

    Raises NotEligible for an unknown session, NotInClaim, UnknownCreditType for any other type,
    CreditLimitExceeded, and what `update_claim` raises.
    """

    def change(draft: Draft) -> None:
        session = draft.session(session_id)
        credit_type = draft.offered[code]
        if credit_type.is_primary:  # its amount follows from the minutes
            raise UnknownCreditType(code)
        line = draft.line(session.id)
        others = {key: low for key, low in draft.lower_amounts(session.id).items() if key != code}
        full = session.line(draft.offered, line.minutes, others, met=tuple(Need))
        limit = full.amount(code)
        if not 0 <= amount <= limit:
            raise CreditLimitExceeded(credit_type, limit, amount)
        draft.set_lower_amount(session.id, code, amount if amount < limit else None)

    return await update_claim(context, change, now=now)


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
