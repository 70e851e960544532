"""What went wrong and what to do, for each error of the domain that an attendee can mend."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from cme_reflex.domain.claims.claim import (
    ClaimLocked,
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    InvalidCommand,
    NotInClaim,
    NotSubmitted,
    ReopeningNotAllowed,
    StaleRevision,
)
from cme_reflex.domain.credit.claimable import CreditLimitExceeded
from cme_reflex.domain.credit.quarters import InvalidHours, format_hours
from cme_reflex.domain.evaluations.form import InvalidAnswer
from cme_reflex.domain.people.attendee import InvalidName, UnprintableName
from cme_reflex.domain.programme.programme import NotEligible, NotYetEnded, PresentedByAttendee
from cme_reflex.domain.reporting.learner import ConsentChanged, ConsentMissing
from cme_reflex.text.claims.claim import CLOSED, LOCKED, OPENS
from cme_reflex.text.dates import instant

_SENTENCES: Final[Mapping[type[Exception], str]] = {
    ClaimLocked: LOCKED,
    ClaimPeriodNotOpen: OPENS,
    ClaimPeriodClosed: CLOSED,
    NotEligible: "This session is not eligible for credit.",
    NotYetEnded: "This session can be added from {when}.",
    PresentedByAttendee: "You present this session, so it gives you no learner credit.",
    NotInClaim: "This session is not on your claim. Add it first.",
    CreditLimitExceeded: "At most {limit} hours are possible here.",
    InvalidHours: "Choose hours in quarters, such as 1.25.",
    InvalidAnswer: "That is not one of the answers. Choose again.",
    InvalidName: "Write your name in up to 120 characters.",
    UnprintableName: "The certificate cannot print {characters}. Write your name in Latin, Greek "
    "or Cyrillic letters.",
    StaleRevision: "Your claim changed on another screen. Check it again, then submit.",
    ReopeningNotAllowed: "A submitted claim can only be reopened by the help desk.",
    NotSubmitted: "Your claim is not submitted, so you can change it.",
    InvalidCommand: "That could not be read. Load the page again.",
    ConsentMissing: "Tick the consent to opt in.",
    ConsentChanged: "The text of the consent has changed. Read it, then tick it.",
}

_VALUES: Final[Mapping[type[Exception], Callable[[Any, ZoneInfo], Mapping[str, str]]]] = {
    ClaimPeriodNotOpen: lambda error, zone: {"when": instant(error.opens_at, zone)},
    ClaimPeriodClosed: lambda error, zone: {"when": instant(error.closed_at, zone)},
    NotYetEnded: lambda error, zone: {"when": instant(error.claimable_from, zone)},
    CreditLimitExceeded: lambda error, _: {"limit": format_hours(error.limit)},
    UnprintableName: lambda error, _: {"characters": " ".join(error.characters)},
}


def error_message(error: Exception, zone: ZoneInfo) -> str | None:
    """What went wrong and what to do, or None for an error that is not the attendee's."""
    sentence = _SENTENCES.get(type(error))
    values = _VALUES.get(type(error))
    return sentence and sentence.format(**values(error, zone) if values else {})
