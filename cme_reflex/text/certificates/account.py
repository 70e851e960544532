"""The account: all that a person has claimed, year by year, and the transcript of it."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from cme_reflex.domain.claims.account import AccountEntry, ReportingState, ReportingSummary
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.meetings.meeting import ClaimPeriod
from cme_reflex.text.claims.claim import SESSIONS, closed, opens
from cme_reflex.text.dates import full_day, instant
from cme_reflex.text.plural import Plural

TITLE: Final = "Your account"
HOURS_IN_ALL: Final = "{hours} hours in all"
CLAIMS: Final = Plural(one="{count} claim", other="{count} claims")
CLAIMS_AND_SAFETY: Final = "{claims}, {hours} {safety}"
TRANSCRIPT_CSV: Final = "Transcript CSV"
TRANSCRIPT_PDF: Final = "Transcript PDF"
NO_TRANSCRIPT: Final = "No transcript yet"
TO_CLAIM: Final = "Go to your claim"

NOTHING_YET: Final = "Nothing submitted yet"
NOTHING_YET_TEXT: Final = (
    "What you submit appears here at once: the hours of each year, your certificates, and a "
    "transcript of everything."
)
OPEN: Final = "Not submitted yet"
START: Final = "Start your claim"
GO_ON: Final = "Continue your claim"

YEAR_HOURS: Final = "{hours} hours, {of_which} {safety}"
WHEN_AND_WHERE: Final = "{days}, {place}"
REGISTERED: Final = "{kind}, badge {badge}"
CLOSES: Final = "Claims close on {when}."
SUBMITTED: Final = "Submitted"
SUBMITTED_ON: Final = "Submitted {when}"
NOT_SUBMITTED: Final = "Not submitted. {so_far} {when}"
NOTHING_ADDED: Final = "Nothing added yet."
ADDED: Final = "{sessions} added."
OPEN_AGAIN: Final = "Open again until {until}. Until you submit anew, this version stays valid."
CERTIFICATE: Final = "Certificate {number}"
CORRECT: Final = "Correct what you gave"
REPORTING: Final = "Learner credit reporting"
REASON: Final = "{reporting} “{reason}”"

REPLACED: Final = Plural(one="{count} version was replaced", other="{count} versions were replaced")
OLD: Final = "{hours} hours, of which {of_which} {safety}, submitted {submitted}. {certificate}"
OLD_CERTIFICATE: Final = "Certificate {number}, replaced"

OF_MEMBER: Final = (
    "All claims of your {society} account {member}. A year has the meetings that ended in it."
)
OF_REGISTRATION: Final = (
    "The claims of this registration. Those of other meetings appear here where {society} has "
    "linked your registrations to a member account."
)

_REPORTED: Final[Mapping[ReportingState, str]] = {
    ReportingState.NOT_ASKED: "",
    ReportingState.OPTED_IN: "Opted in on {on}. Not reported to ACCME yet.",
    ReportingState.EXPORTED: "Reported to ACCME on {on}.",
    ReportingState.REJECTED: "ACCME did not take the record of {on}:",
    ReportingState.WITHDRAWN: "Consent withdrawn on {on}. Nothing is reported.",
    ReportingState.WITHDRAWN_LATER: "Consent withdrawn on {on}. What was reported is taken back "
    "with the "
    "next report.",
}


def claim_status(entry: AccountEntry) -> str:
    """How far a claim is, in the account."""
    if entry.status is ClaimStatus.SUBMITTED:
        return SUBMITTED
    match entry.period:
        case ClaimPeriod.NOT_OPEN:
            when = opens(entry.opens_at, entry.zone)
        case ClaimPeriod.OPEN:
            when = CLOSES.format(when=instant(entry.closes_at, entry.zone))
        case ClaimPeriod.CLOSED:
            when = closed(entry.closes_at, entry.zone)
    if entry.status is ClaimStatus.REOPENED:
        if entry.period is ClaimPeriod.CLOSED:
            return SUBMITTED  # nobody can change it any more, and the version is valid
        return OPEN_AGAIN.format(until=instant(entry.closes_at, entry.zone))
    so_far = NOTHING_ADDED
    if entry.sessions:
        so_far = ADDED.format(sessions=SESSIONS(entry.sessions))
    return NOT_SUBMITTED.format(so_far=so_far, when=when)


def reported(reporting: ReportingSummary, zone: ZoneInfo) -> str:
    """How far the reporting of a meeting's credit to ACCME is; empty without an opt-in."""
    on = full_day(reporting.at.astimezone(zone).date()) if reporting.at else ""
    return _REPORTED[reporting.state].format(on=on)
