"""Presenters of credit by type: the bar's totals, the fields of totals, and their explanations."""

from datetime import datetime

from cme_reflex import text
from cme_reflex.domain.credit.claimable import claimable_of
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, Amounts, CreditType, Need
from cme_reflex.domain.credit.credit_types import CreditTypes
from cme_reflex.domain.credit.explanation import Explanation, explain
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.views import view_models


def first_primary(types: CreditTypes) -> CreditType | None:
    """The first primary type, whose amounts stand first; None where none is offered."""
    return next(iter(types.primaries), None)


def totals_view(summary: ClaimSummary, context: RequestContext) -> view_models.TotalsView:
    """The totals of the claim: what its sessions support of the first primary type."""
    sessions = text.claim.SESSIONS(len(summary.claim.lines))
    conflicts = len(summary.conflicts)
    primary = first_primary(summary.offered)
    if primary is None:
        return view_models.TotalsView(
            sessions=sessions, amount="", of=text.credit.NOT_OFFERED, conflicts=conflicts
        )
    supported = summary.claimable.get(primary.code, NO_CREDIT)
    maximum = _maximum(primary, context)
    return view_models.TotalsView(
        sessions=sessions,
        amount=primary.format(supported),
        of=text.credit.of_maximum(primary, maximum, named=len(summary.offered.primaries) > 1),
        percent=100 * supported // maximum if maximum else 0,
        conflicts=conflicts,
        why="\n".join(
            _explanation(credit_type, summary, context, named=len(tuple(summary.offered)) > 1)
            for credit_type in summary.offered
            if any(
                line.amounts.get(credit_type.code) or credit_type.code in line.unmet
                for line in summary.claim.lines
            )
        ),
    )


def credit_view(summary: ClaimSummary) -> view_models.CreditView:
    """The credit claimed of what the sessions support."""
    types, supported = summary.offered, summary.claimable
    primary, *others = [*types] or [None]
    if primary is None:
        return view_models.CreditView()
    most = supported.get(primary.code, NO_CREDIT)
    claimed = summary.claim.totals.get(primary.code, NO_CREDIT)
    return view_models.CreditView(
        claimed=primary.format(claimed),
        supported=text.credit.amount(primary, most),
        percent=100 * claimed // most if most else 0,
        others=[
            text.claim.CLAIMED_OF_TYPE.format(
                label=each.label,
                claimed=each.format(summary.claim.totals.get(each.code, NO_CREDIT)),
                supported=each.format(supported[each.code]),
            )
            for each in others
            if supported.get(each.code)
        ],
        less=_lower_claim(summary),
        claim_all=claim_all_label(summary),
    )


def _lower_claim(summary: ClaimSummary) -> str:
    """That less is claimed than the sessions support, of the primary types that are claimed."""
    totals, supported = summary.claim.totals, summary.claimable
    claimed = [
        each
        for each in summary.offered
        if (each.part_of or each.code) in totals and supported.get(each.code)
    ]
    return text.submit.lower_claim(claimed, totals, supported, summary.offered)


def claim_all_label(summary: ClaimSummary) -> str:
    """The label of the button that claims all: what is not claimed in full yet."""
    totals, supported = summary.claim.totals, summary.claimable
    lower = [
        each
        for each in summary.offered
        if totals.get(each.code, NO_CREDIT) < supported.get(each.code, NO_CREDIT)
    ]
    if not lower:
        return ""
    first = lower[0]
    amount = first.format(supported[first.code])
    if first.is_primary and len(summary.offered.primaries) == 1:
        return text.submit.CLAIM_ALL_NOW.format(amount=amount)
    return text.submit.CLAIM_ALL_OF.format(amount=amount, label=first.label)


def total_views(
    summary: ClaimSummary, context: RequestContext, now: datetime
) -> list[view_models.TotalView]:
    """The fields of the totals, each primary type followed by its subsets."""
    types = summary.offered
    return [_total_view(credit_type, summary, context, now) for credit_type in types]


def _total_view(
    credit_type: CreditType, summary: ClaimSummary, context: RequestContext, now: datetime
) -> view_models.TotalView:
    zone = context.meeting.zone
    supported = summary.claimable.get(credit_type.code, NO_CREDIT)
    limit = claimable_of(credit_type, summary.claimable, summary.claim.totals)
    closed = not credit_type.is_open(now)
    choices = [] if closed else amount_choices(credit_type, limit, least=int(credit_type.is_primary))
    return view_models.TotalView(
        code=credit_type.code,
        label=text.submit.TOTAL.format(label=credit_type.label),
        hint=" ".join(
            filter(
                None,
                [
                    text.submit.total_hint(
                        credit_type, supported, summary.offered, is_needed=_is_needed(credit_type)
                    ),
                    text.credit.opening(credit_type, now, zone),
                ],
            )
        ),
        none=text.submit.CHOOSE if credit_type.is_primary else text.submit.NONE_CHOSEN,
        choices=choices,
        why=_explanation(credit_type, summary, context, named=False),
        closed=closed,
    )


def chosen_totals(summary: ClaimSummary) -> dict[str, str]:
    """The chosen totals of the offered types as they are shown, empty where none is chosen."""
    totals = summary.claim.totals
    return {
        each.code: each.format(totals[each.code]) if each.code in totals else ""
        for each in summary.offered
    }


def amount_choices(credit_type: CreditType, most: Amount, *, least: int = 0) -> list[str]:
    """Options of a select: amounts as text, from `most` down to `least` increments."""
    return [credit_type.format(Amount(value)) for value in range(most, least - 1, -1)]


def figures(types: CreditTypes, claimed: Amounts) -> list[view_models.FigureView]:
    """The amounts of these types with the labels of a receipt."""
    return [
        view_models.FigureView(
            text.receipt.figure_label(each), each.format(claimed.get(each.code, NO_CREDIT))
        )
        for each in types
    ]


def cleared_text(summary: ClaimSummary, context: RequestContext, now: datetime) -> str:
    """Which chosen totals were cleared, and why; empty if none was."""
    sentences: dict[str, None] = {}
    for code in summary.cleared:
        credit_type = context.meeting.credit[code]
        sentences[text.claim.cleared(
            credit_type,
            offered=code in summary.offered,
            is_open=credit_type.is_open(now),
        )] = None
    return " ".join(sentences)


def _is_needed(credit_type: CreditType) -> bool:
    return credit_type.needs is not Need.NONE


def _explanation(
    credit_type: CreditType, summary: ClaimSummary, context: RequestContext, *, named: bool
) -> str:
    zone = context.meeting.zone
    explained: Explanation = explain(
        credit_type,
        summary.claim.lines,
        summary.claimable,
        registration_type=context.attendee.registration_type,
        policy=context.meeting.overlap_policy,
        zone=zone,
    )
    primary = context.meeting.credit[credit_type.part_of].label if credit_type.part_of else ""
    sentence = text.credit.explanation(credit_type, explained, zone, primary=primary)
    if not named:
        return sentence
    return text.credit.OF_LABEL.format(label=credit_type.label, explanation=sentence)


def _maximum(credit_type: CreditType, context: RequestContext) -> Amount | None:
    """The attendee's maximum of a type: the registration type's where it is lower."""
    own = credit_type.registration_maxima.get(context.attendee.registration_type)
    maxima = [each for each in (own, credit_type.maximum) if each is not None]
    return min(maxima) if maxima else None
