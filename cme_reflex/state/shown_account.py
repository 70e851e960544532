"""How what the account shows is made: pure functions from the domain to views."""

from cme_reflex import routes, words
from cme_reflex.domain.account import Account, Entry, Reported, Submitted
from cme_reflex.domain.credit import hours
from cme_reflex.domain.meeting import ClaimPeriod
from cme_reflex.domain.submission import Status
from cme_reflex.state import views

_TONES = {
    Reported.EXPORTED: "done",
    Reported.REJECTED: "warning",
}


def account_view(of: Account) -> views.AccountView:
    """All that a person has claimed."""
    claims = sum(len(year.entries) for year in of.years)
    return views.AccountView(
        name=of.name,
        member=of.member or "",
        hours=hours(of.credit.category1),
        safety=hours(of.credit.safety),
        claims=words.account.CLAIMS(claims),
        open=[_entry(entry) for entry in of.open],
        years=[
            views.YearView(
                year=str(year.year),
                hours=hours(year.credit.category1),
                safety=hours(year.credit.safety),
                claims=[_entry(entry) for entry in year.entries],
            )
            for year in of.years
        ],
    )


def _entry(entry: Entry) -> views.EntryView:
    versions = [_version(version, entry) for version in entry.versions]
    valid, *replaced = versions or [views.VersionView()]
    return views.EntryView(
        key=f"{entry.short_name} {entry.badge}",
        meeting=entry.meeting,
        short_name=entry.short_name,
        when=words.account.WHEN_AND_WHERE.format(
            days=words.dates.days(entry.starts_on, entry.ends_on), place=entry.location
        ),
        registered=words.account.REGISTERED.format(kind=entry.registration, badge=entry.badge),
        status=words.account.claim_status(entry),
        act=_act(entry),
        valid=valid,
        replaced=replaced,
        reporting=words.account.reported(entry.reporting, entry.zone),
        reason=entry.reporting.reason,
        tone=_TONES.get(entry.reporting.state, "quiet"),
        report=_report(entry),
    )


def _act(entry: Entry) -> str:
    """What can be done about a claim; only that of this sign-in's meeting can be opened here."""
    if not entry.current or entry.status is Status.SUBMITTED:
        return ""
    if entry.period is not ClaimPeriod.OPEN:
        return ""
    return words.account.START if entry.status is None else words.account.GO_ON


def _report(entry: Entry) -> str:
    """What can be done about the reporting: at any time, also long after the claim."""
    if not entry.current:
        return ""
    rejected = entry.reporting.state is Reported.REJECTED
    return words.account.CORRECT if rejected else words.account.REPORTING


def _version(version: Submitted, entry: Entry) -> views.VersionView:
    return views.VersionView(
        number=version.number,
        submitted=words.dates.instant(version.submitted_at, entry.zone),
        hours=hours(version.category1),
        safety=hours(version.safety),
        certificate=routes.certificate(version.number),
    )
