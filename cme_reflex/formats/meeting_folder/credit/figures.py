"""Figures of a programme's credit: what its sessions hold, and what one attendee could claim."""

from dataclasses import dataclass, replace

from cme_reflex.domain.credit.claimable import OverlapPolicy, claimable
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, CreditType, CreditTypes, Need
from cme_reflex.domain.programme.programme import Delivery, Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFigures:
    """Figures of one credit type, in increments.

    `all_sessions` is the credit of all eligible sessions, and `most_for_one` what one person could
    have attended of it (docs/rules.md, 11). `reachable` is what the overlap policy and the daily
    maximum let one person claim.
    """

    credit_type: CreditType
    all_sessions: Amount
    most_for_one: Amount
    reachable: Amount


def credit_figures(programme: Programme) -> tuple[CreditFigures, ...]:
    """The figures of each credit type, a primary one before its subsets."""
    types = programme.meeting.credit
    most = _most(programme, OverlapPolicy.CAP)
    reachable = most
    if programme.meeting.overlap_policy is OverlapPolicy.ALLOW:
        reachable = _most(programme, OverlapPolicy.ALLOW)
    return tuple(
        CreditFigures(
            credit_type=each,
            all_sessions=Amount(
                sum(
                    session.credit.get(each.code, NO_CREDIT)
                    for session in programme.eligible_sessions
                )
            ),
            most_for_one=most[each.code],
            reachable=reachable[each.code],
        )
        for each in types
    )


def _most(programme: Programme, policy: OverlapPolicy) -> dict[str, Amount]:
    """The most of each type that all sessions together support, without a maximum."""
    unlimited = CreditTypes(
        tuple(
            replace(each, maximum=None, registration_maxima={})
            for each in programme.meeting.credit_types
        )
    )
    lines = [
        session.line(unlimited, on_demand=session.delivery is Delivery.ON_DEMAND, met=tuple(Need))
        for session in programme.eligible_sessions
    ]
    zone = programme.meeting.zone
    return dict(claimable(unlimited, lines, registration_type="", policy=policy, zone=zone))
