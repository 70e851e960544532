"""Presenters of credit by type: the bar's totals, the fields of totals, and their explanations."""

from collections.abc import Iterable
from datetime import datetime

from cme_reflex import routes, text
from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.credit.claimable import claimable_of
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, Amounts, CreditType, CreditTypes
from cme_reflex.domain.credit.explanation import explain, unmet_lines
from cme_reflex.domain.meetings.meeting import ProfessionBy
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.views import view_models


def totals_view(summary: ClaimSummary, context: RequestContext) -> view_models.TotalsView:
    """The totals of the claim: what its sessions support of the first primary type."""
    sessions = text.claim.SESSIONS(len(summary.claim.lines))
    conflicts = len(summary.conflicts)
    primary = summary.offered.first_primary
    if primary is None:
        return view_models.TotalsView(
            sessions=sessions,
            amount="",
            of=text.credit.NOT_OFFERED,
            conflicts=conflicts,
            why=text.credit.NOT_OFFERED,
        )
    supported = summary.claimable[primary.code]
    maximum = _maximum(primary, context)
    return view_models.TotalsView(
        sessions=sessions,
        amount=primary.format(supported),
        of=text.credit.of_maximum(primary, maximum, named=len(summary.offered.primaries) > 1),
        percent=100 * supported // maximum if maximum else 0,
        conflicts=conflicts,
        why=_explanations(summary, context) or text.credit.NOTHING_YET,
    )


def _explanations(summary: ClaimSummary, context: RequestContext) -> str:
    """Why the sessions support their credit, a line for each type of which they give any."""
    types = [
        each
        for each in summary.offered
        if any(line.amount(each.code) or each.code in line.unmet for line in summary.claim.lines)
    ]
    named = len(summary.offered) > 1
    return "\n".join(_explanation(each, summary, context, named=named) for each in types)


def credit_view(summary: ClaimSummary) -> view_models.CreditView:
    """The credit claimed of what the sessions support."""
    types, totals, supported = summary.offered, summary.claim.totals, summary.claimable
    primary = types.first_primary
    if primary is None:
        return view_models.CreditView()
    most = supported[primary.code]
    claimed = totals.get(primary.code, NO_CREDIT)
    lower, named = _lower(summary), len(types.primaries) > 1
    return view_models.CreditView(
        claimed=primary.format(claimed),
        supported=text.credit.amount(primary, most),
        percent=100 * claimed // most if most else 0,
        others=[
            text.claim.CLAIMED_OF_TYPE.format(
                label=each.label,
                claimed=each.format(totals.get(each.code, NO_CREDIT)),
                supported=each.format(supported[each.code]),
            )
            for each in types
            if each is not primary and supported[each.code]
        ],
        less=text.supported.lower_claim(lower, totals, supported, named=named),
        claim_all=text.supported.claim_rest(lower[0], supported, named=named) if lower else "",
        claim_all_of=(lower[0].part_of or lower[0].code) if lower else "",
    )


def _lower(summary: ClaimSummary) -> list[CreditType]:
    """The types of which less is claimed than supported, with subsets of what is claimed."""
    totals, supported = summary.claim.totals, summary.claimable
    return [
        each
        for each in summary.offered
        if (each.part_of or each.code) in totals
        and totals.get(each.code, NO_CREDIT) < supported[each.code]
    ]


def total_views(
    summary: ClaimSummary, context: RequestContext, now: datetime
) -> list[view_models.TotalView]:
    """The fields of the totals, each primary type followed by its subsets."""
    return [_total_view(each, summary, context, now) for each in summary.offered]


def _total_view(
    credit_type: CreditType, summary: ClaimSummary, context: RequestContext, now: datetime
) -> view_models.TotalView:
    code, totals = credit_type.code, summary.claim.totals
    closed = not credit_type.is_open(now) or code in summary.blocked
    limit = claimable_of(credit_type, summary.claimable, totals)
    hints = (
        text.supported.total_hint(credit_type, summary.claimable[code], summary.offered),
        text.credit.OVERALL_FIRST if code in summary.blocked else "",
        text.credit.opening(credit_type, now, context.meeting.zone),
    )
    return view_models.TotalView(
        code=code,
        label=text.submit.total(credit_type),
        hint=" ".join(filter(None, hints)),
        none=text.submit.CHOOSE if credit_type.is_primary else text.submit.NONE_CHOSEN,
        choices=[]
        if closed
        else amount_choices(credit_type, limit, least=int(credit_type.is_primary)),
        why=_explanation(credit_type, summary, context, named=False),
        closed=closed,
        claim_all="" if closed else _claim_all(credit_type, summary),
    )


def _claim_all(credit_type: CreditType, summary: ClaimSummary) -> str:
    """The button that claims all of a primary type; empty where there is nothing more to claim."""
    supported, totals = summary.claimable, summary.claim.totals
    if not credit_type.is_primary or not supported[credit_type.code]:
        return ""
    whole = (credit_type, *summary.offered.subsets_of(credit_type.code))
    if all(totals.get(each.code, NO_CREDIT) == supported[each.code] for each in whole):
        return ""
    named = len(summary.offered.primaries) > 1
    return text.supported.claim_all(whole, supported, named=named)


def summary_rows(summary: ClaimSummary) -> list[view_models.FigureView]:
    """The chosen totals of what the sessions support, to check before submission."""
    totals, supported = summary.claim.totals, summary.claimable
    return [
        view_models.FigureView(
            text.submit.total_label(each),
            text.supported.OF_SUPPORTED.format(
                claimed=each.format(totals.get(each.code, NO_CREDIT)),
                supported=each.format(supported[each.code]),
            )
            if each.code in totals or each.part_of
            else text.submit.NOT_CHOSEN,
        )
        for each in summary.offered
    ]


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


def figures(claimed: Iterable[Credit]) -> list[view_models.FigureView]:
    """The claimed amounts with the labels of a receipt."""
    return [
        view_models.FigureView(text.receipt.figure_label(each.type), each.type.format(each.claimed))
        for each in claimed
    ]


def claimed_amounts(claimed: Iterable[Credit]) -> Amounts:
    """The claimed amounts by code."""
    return {each.type.code: each.claimed for each in claimed}


def certificate_links(number: str, claimed: Iterable[Credit]) -> list[view_models.CertificateLink]:
    """The certificates of a version: one for each primary type."""
    primaries = [each.type for each in claimed if each.type.is_primary]
    return [
        view_models.CertificateLink(
            text.receipt.CERTIFICATE_OF.format(label=each.label),
            routes.certificate(number, each.code if at else None),
        )
        for at, each in enumerate(primaries)
    ]


def cleared_text(summary: ClaimSummary, context: RequestContext, now: datetime) -> str:
    """Which chosen totals were cleared, and why; empty if none was."""
    cleared: dict[tuple[bool, bool], list[CreditType]] = {}
    for credit_type in (context.meeting.credit[code] for code in summary.cleared):
        reason = credit_type.code in summary.offered, credit_type.is_open(now)
        cleared.setdefault(reason, []).append(credit_type)
    return " ".join(
        text.supported.cleared(credit_types, offered=offered, is_open=is_open)
        for (offered, is_open), credit_types in cleared.items()
    )


def profession_hint(context: RequestContext, types: CreditTypes) -> str:
    """What the attendee's profession gets, and what a correction clears or who makes it."""
    meeting, profession = context.meeting, context.attendee.profession
    hint = text.submit.profession_hint(
        [each.label for each in types.primaries if profession in each.awarded_to],
        [each.label for each in types.primaries if profession not in each.awarded_to],
    )
    if meeting.profession_by is ProfessionBy.REGISTRATION:
        staff = text.shell.CONTACT.format(
            who=meeting.provider.help_contact, address=meeting.provider.help_email
        )
        return f"{hint} {text.submit.ASK_STAFF.format(contact=staff)}"
    lost = [
        each.label
        for each in types
        if any(
            each.code not in meeting.credit.offered_to(other.code) for other in meeting.professions
        )
    ]
    if not lost:
        return hint
    return f"{hint} {text.submit.CORRECTION_CLEARS.format(labels=text.credit.listed(lost))}"


def not_counted(summary: ClaimSummary) -> str:
    """How many sessions do not count for a type because of its need; empty if all count."""
    return "\n".join(
        sentence
        for each in summary.offered
        for sentence in text.credit.not_counted(each, unmet_lines(each.code, summary.claim.lines))
    )


def _explanation(
    credit_type: CreditType, summary: ClaimSummary, context: RequestContext, *, named: bool
) -> str:
    zone = context.meeting.zone
    explained = explain(
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
