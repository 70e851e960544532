"""Texts of the claim's home page: progress, sessions, and the submitted claim."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import CreditTypes, Need
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.text.claims.credit import listed
from cme_reflex.text.dates import instant

TAB: Final = "Your claim"
TITLE: Final = "{meeting} CME Evaluations & Credit Claim"

SESSIONS: Final = "Sessions"
SESSIONS_ADDED: Final = "{sessions} added, {credit}"
NONE_ADDED: Final = "None added yet"
EVALUATIONS: Final = "Evaluations"
OVERALL_NEEDED: Final = "Answer it before you choose {labels}"
EVALUATIONS_DONE: Final = "{done}, {asked}"
DONE_OF: Final = "{done} of {all}"
NONE_YET: Final = "None yet"
REQUIRED: Final = "required"
OPTIONAL: Final = "optional"
NEEDED_FOR: Final = "needed for {labels}"
OVERALL: Final = "Overall evaluation and submit"
NOT_SUBMITTED: Final = "Evaluation done, not submitted yet"

LINES: Final = "Session Evaluations"
NOTHING_YET: Final = "Add the sessions that you attended, live or on demand."

SUBMITTED: Final = "Submitted"
SUBMITTED_TITLE: Final = "Your claim is submitted"
SEE_RECEIPT: Final = "See your receipt"
CLAIMED: Final = "{claimed}, on {submitted}."
RECEIPT_NUMBER: Final = "Receipt number {number}"
REOPEN: Final = "Reopen my claim"
REOPENED: Final = "Make your changes and submit again by {until}."
STAYS_VALID: Final = "Until then your receipt {number} stays valid."
STAYS_WITHDRAWN: Final = (
    "Your receipt {number} was withdrawn and is not proof of credit. Submit again for a new one."
)
WITHDRAWN_TITLE: Final = "Your claim was withdrawn"
WITHDRAWN: Final = (
    "{society} withdrew it on {when} for this reason: {reason}. Its certificate is no longer proof "
    "of credit. Nothing that you entered was deleted."
)


def asked(types: CreditTypes, meeting: Meeting) -> str:
    """Whether session evaluations are required, needed for some credit types, or optional."""
    if meeting.claim.session_evaluations_required:
        return REQUIRED
    needed = [each.label for each in types if each.needs is Need.SESSION_EVALUATION]
    return NEEDED_FOR.format(labels=listed(needed)) if needed else OPTIONAL


def overall_needed(types: CreditTypes) -> str:
    """Which credit types need the overall evaluation; empty without any."""
    needed = [each.label for each in types if each.needs is Need.OVERALL_EVALUATION]
    return OVERALL_NEEDED.format(labels=listed(needed)) if needed else ""


def withdrawn(at: datetime, reason: str, meeting: Meeting) -> str:
    """The message on a withdrawn claim, with the time and the staff's reason."""
    return WITHDRAWN.format(
        society=meeting.provider.short_name,
        when=instant(at, meeting.zone),
        reason=reason.rstrip("."),
    )


def reopened(until: datetime, zone: ZoneInfo) -> str:
    """The instruction for a reopened claim, with its deadline."""
    return REOPENED.format(until=instant(until, zone))
