"""Presenter of the account: pure functions from the domain to view models."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from cme_reflex import routes, text
from cme_reflex.domain.claims.account import (
    Account,
    AccountEntry,
    Credit,
    ReportingState,
    SubmittedVersion,
)
from cme_reflex.domain.claims.claim import ClaimPeriod
from cme_reflex.formats.pdf.certificate import less_claimed
from cme_reflex.services.sign_in.own_sign_ins import OwnSignIn
from cme_reflex.state.views import view_models
from cme_reflex.state.views.credit_presenter import certificate_links, claimed_amounts

_TONES = {
    ReportingState.EXPORTED: "done",
    ReportingState.REJECTED: "warning",
}


def account_view(account: Account, *, is_complete: bool = True) -> view_models.AccountView:
    """The view of all claims of a person; `is_complete` is false for one meeting only."""
    claims = sum(len(year.entries) for year in account.years)
    return view_models.AccountView(
        is_complete=is_complete,
        name=account.name,
        member=account.member or "",
        total=_sum(account.credits, template=text.account.IN_TOTAL),
        claims=text.account.CLAIMS(claims),
        open=[_entry(entry) for entry in account.unsubmitted],
        withdrawn=[_entry(entry) for entry in account.withdrawn],
        years=[
            view_models.YearView(
                year=str(year.year),
                total=_sum(year.credits, template=text.account.IN_YEAR),
                claims=[_entry(entry) for entry in year.entries],
            )
            for year in account.years
        ],
    )


def sign_in_views(sign_ins: Sequence[OwnSignIn], zone: ZoneInfo) -> list[view_models.SignInView]:
    """The views of the person's own sign-ins. Times are in the meeting's zone."""
    return [_sign_in(each, zone) for each in sign_ins]


def _sign_in(sign_in: OwnSignIn, zone: ZoneInfo) -> view_models.SignInView:
    browser = sign_in.browser or text.account.UNKNOWN_BROWSER
    created = text.dates.instant(sign_in.created_at, zone)
    return view_models.SignInView(
        reference=sign_in.reference,
        browser=browser,
        how=text.account.signed_in(created, sign_in.method),
        used=text.account.LAST_USED.format(when=text.dates.instant(sign_in.seen_at, zone)),
        end_label=text.account.END_SIGN_IN_OF.format(browser=browser, when=created),
        is_current=sign_in.is_current,
        may_end=sign_in.may_end,
    )


def _entry(entry: AccountEntry) -> view_models.EntryView:
    valid = entry.valid_version
    return view_models.EntryView(
        key=f"{entry.short_name} {entry.badge}",
        meeting=entry.meeting,
        short_name=entry.short_name,
        when=text.account.WHEN_AND_WHERE.format(
            days=text.dates.days(entry.starts_on, entry.ends_on), place=entry.location
        ),
        registered=text.account.REGISTERED.format(kind=entry.registration, badge=entry.badge),
        status=text.account.claim_status(entry),
        act=_claim_action(entry),
        other="" if entry.is_current else str(entry.attendee_id),
        valid=_version(valid, entry) if valid else view_models.VersionView(),
        replaced=[_version(version, entry) for version in entry.versions if version is not valid],
        reporting=text.account.reported(entry.reporting, entry.zone),
        reason=entry.reporting.reason,
        tone=_TONES.get(entry.reporting.state, "quiet"),
        report=_reporting_action(entry),
    )


def _claim_action(entry: AccountEntry) -> str:
    """The label of the link to a claim; empty unless it can be changed with this sign-in."""
    if not entry.is_current or (entry.status and entry.status.is_locked):
        return ""
    if entry.period is not ClaimPeriod.OPEN:
        return ""
    return text.account.START if entry.status is None else text.account.GO_ON


def _reporting_action(entry: AccountEntry) -> str:
    """The label of the link to reporting, which stays available after the claim period."""
    if not entry.is_current or entry.reporting.state is ReportingState.NOT_OFFERED:
        return ""
    rejected = entry.reporting.state is ReportingState.REJECTED
    return text.account.CORRECT if rejected else text.account.REPORTING


def _version(version: SubmittedVersion, entry: AccountEntry) -> view_models.VersionView:
    return view_models.VersionView(
        number=version.number,
        submitted=text.dates.instant(version.submitted_at, entry.zone),
        claimed=text.credit.claimed(
            [each.type for each in version.credits], claimed_amounts(version.credits)
        ),
        credits=_figures(version.credits),
        certificates=_certificates(version),
        less=" ".join(less_claimed(version.credits)),
        state=text.certificate.STATE_TITLES.get(version.state, "").lower(),
    )


def _sum(credits_: Sequence[Credit], *, template: str) -> view_models.SumView:
    """Sums by type; `template` is that of what follows the first amount."""
    if not credits_:
        return view_models.SumView()
    first = credits_[0]
    several = sum(each.type.is_primary for each in credits_) > 1
    of = text.credit.of_maximum(first.type, None, named=several)
    return view_models.SumView(
        amount=first.type.format(first.claimed),
        of=template.format(of=of),
        others=text.credit.others_of([each.type for each in credits_], claimed_amounts(credits_)),
    )


def _figures(claimed: Iterable[Credit]) -> list[view_models.FigureView]:
    """Amounts with the labels of their types."""
    return [
        view_models.FigureView(each.type.label, each.type.format(each.claimed)) for each in claimed
    ]


def _certificates(version: SubmittedVersion) -> list[view_models.CertificateLink]:
    """The certificates of a version, which are named by their types if there are several."""
    links = certificate_links(version.number, version.credits)
    if len(links) > 1:
        return [
            view_models.CertificateLink(
                text.account.CERTIFICATE_OF.format(label=link.label, number=version.number),
                link.href,
            )
            for link in links
        ]
    label = text.account.CERTIFICATE.format(number=version.number)
    return [view_models.CertificateLink(label, routes.certificate(version.number))]
