"""Texts of the account page: claims by year, and the transcript."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from cme_reflex.domain.claims.account import AccountEntry, ReportingState, ReportingSummary
from cme_reflex.domain.claims.claim import ClaimPeriod, ClaimStatus
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.text.claims.claim import SESSIONS, closed, opens
from cme_reflex.text.dates import full_day, instant
from cme_reflex.text.plural import Plural

TITLE: Final = "Your account"
IN_YEAR: Final = "{of}"
IN_TOTAL: Final = "{of} in total"
TOTAL: Final = "{amount} {of}"
CLAIMS: Final = Plural(one="{count} claim", other="{count} claims")
CLAIMS_AND_OTHERS: Final = "{claims}, {others}"
TRANSCRIPT_CSV: Final = "Transcript CSV"
TRANSCRIPT_PDF: Final = "Transcript PDF"
NO_TRANSCRIPT: Final = "No transcript yet"
TO_CLAIM: Final = "Go to your claim"

NOTHING_YET: Final = "Nothing submitted yet"
NOTHING_YET_TEXT: Final = (
    "Once you submit a claim, you find here your hours by year, your certificates, and a "
    "transcript."
)
OPEN: Final = "Not submitted yet"
START: Final = "Start your claim"
GO_ON: Final = "Continue your claim"

YEAR_TOTAL: Final = "{amount} {of}"
AND_OTHERS: Final = "{of}, {others}"
WHEN_AND_WHERE: Final = "{days}, {place}"
REGISTERED: Final = "{kind}, badge {badge}"
CLOSES: Final = "Claims close on {when}."
SUBMITTED: Final = "Submitted"
SUBMITTED_ON: Final = "Submitted {when}"
NOT_SUBMITTED: Final = "Not submitted. {so_far} {when}"
NOTHING_ADDED: Final = "Nothing added yet."
ADDED: Final = "{sessions} added."
WITHDRAWN: Final = "Withdrawn"
IS_WITHDRAWN: Final = "This claim was withdrawn. Its certificate is not proof of credit."
OPEN_AFTER_WITHDRAWAL: Final = (
    "Reopened until {until}. The earlier version was withdrawn, so submit again for a certificate."
)
OPEN_AGAIN: Final = "Reopened until {until}. Until you submit again, this version stays valid."
CERTIFICATE: Final = "Certificate {number}"
CERTIFICATE_OF: Final = "{label} {number}"
CORRECT: Final = "Correct your information"
REPORTING: Final = "Learner credit reporting"
TO_OTHER: Final = "Go to {meeting}"
REASON: Final = "{reporting} “{reason}”"

EARLIER: Final = Plural(one="{count} earlier version", other="{count} earlier versions")
OLD: Final = "{claimed}, submitted {submitted}. {certificates}"
OLD_CERTIFICATE: Final = "{certificate}, {state}"

OF_MEMBER: Final = (
    "All claims of your {society} account {member}. Each year lists the meetings that ended in it."
)
OF_REGISTRATION: Final = (
    "The claim of this registration. Claims for other meetings appear here once {society} has "
    "linked your registrations to a member account."
)

SIGN_INS: Final = "Where you are signed in"
SIGN_INS_NOTE: Final = "If you do not recognize a browser here, sign it out."
THIS_BROWSER: Final = "This browser"
UNKNOWN_BROWSER: Final = "A browser"
END_SIGN_IN: Final = "Sign out"
END_SIGN_IN_OF: Final = "Sign out {browser}, signed in {when}"
SIGNED_IN: Final = "Signed in {when} {how}"
LAST_USED: Final = "Last used {when}"
SIGN_IN_ENDED: Final = "That browser is signed out."
_HOW: Final[Mapping[SignInMethod, str]] = {
    SignInMethod.NUMBER: "with a badge or confirmation number",
    SignInMethod.PASSWORD: "with a password",
    SignInMethod.SINGLE_SIGN_ON: "by single sign-on",
    SignInMethod.LINK: "by an e-mail link",
}

_REPORTED: Final[Mapping[ReportingState, str]] = {
    ReportingState.NOT_OFFERED: "",
    ReportingState.NOT_ASKED: "",
    ReportingState.OPTED_IN: "Opted in on {on}. Not reported to ACCME yet.",
    ReportingState.EXPORTED: "Reported to ACCME on {on}.",
    ReportingState.REJECTED: "ACCME rejected the record of {on}:",
    ReportingState.WITHDRAWN: "Consent withdrawn on {on}. Nothing will be reported.",
    ReportingState.DELETION_DUE: "The reported credit will be deleted with the next report, "
    "because your claim was withdrawn.",
    ReportingState.WITHDRAWN_LATER: "Consent withdrawn on {on}. The reported credit will be "
    "deleted with the next report.",
}


def claim_status(entry: AccountEntry) -> str:
    """The status of a claim, for the account page."""
    match entry.status:
        case ClaimStatus.SUBMITTED:
            return SUBMITTED
        case ClaimStatus.WITHDRAWN:
            return IS_WITHDRAWN
        case ClaimStatus.REOPENED:
            return _reopened(entry)
    match entry.period:
        case ClaimPeriod.NOT_OPEN:
            when = opens(entry.opens_at, entry.zone)
        case ClaimPeriod.OPEN:
            when = CLOSES.format(when=instant(entry.closes_at, entry.zone))
        case ClaimPeriod.CLOSED:
            when = closed(entry.closes_at, entry.zone)
    so_far = NOTHING_ADDED
    if entry.sessions:
        so_far = ADDED.format(sessions=SESSIONS(entry.sessions))
    return NOT_SUBMITTED.format(so_far=so_far, when=when)


def signed_in(when: str, method: SignInMethod) -> str:
    """When and how a sign-in was made."""
    return SIGNED_IN.format(when=when, how=_HOW[method])


def _reopened(entry: AccountEntry) -> str:
    is_valid = entry.valid_version is not None
    if entry.period is ClaimPeriod.CLOSED:
        # It can no longer be changed, so its last version counts.
        return SUBMITTED if is_valid else IS_WITHDRAWN
    template = OPEN_AGAIN if is_valid else OPEN_AFTER_WITHDRAWAL
    return template.format(until=instant(entry.closes_at, entry.zone))


def reported(reporting: ReportingSummary, zone: ZoneInfo) -> str:
    """The reporting state of a meeting's credit to ACCME; empty without an opt-in."""
    on = full_day(reporting.at.astimezone(zone).date()) if reporting.at else ""
    return _REPORTED[reporting.state].format(on=on)
