"""Messages for the domain errors that an attendee can fix."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from cme_reflex.domain.claims.claim import (
    VERSION_LIMIT,
    ClaimLocked,
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    ClaimWithdrawn,
    InvalidCommand,
    NotInClaim,
    NotSubmitted,
    ReopeningLimitReached,
    ReopeningNotAllowed,
    StaleRevision,
)
from cme_reflex.domain.credit.claimable import (
    CreditLimitExceeded,
    CreditNeedUnmet,
    CreditTypeClosed,
)
from cme_reflex.domain.credit.credit_type import InvalidAmount, UnknownCreditType
from cme_reflex.domain.credit.line import InvalidMinutes
from cme_reflex.domain.evaluations.form import InvalidAnswer
from cme_reflex.domain.programme.programme import NotEligible, NotYetEnded, PresentedByAttendee
from cme_reflex.domain.reporting.learner import ConsentChanged, ConsentMissing
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.domain.sign_in.strength import StrongerSignInRequired
from cme_reflex.text.claims.claim import CLOSED, LOCKED, OPENS, WITHDRAWN
from cme_reflex.text.claims.credit import amount
from cme_reflex.text.dates import instant

_MESSAGES: Final[Mapping[type[Exception], str]] = {
    ClaimLocked: LOCKED,
    ClaimWithdrawn: WITHDRAWN,
    ClaimPeriodNotOpen: OPENS,
    ClaimPeriodClosed: CLOSED,
    NotEligible: "This session is not eligible for credit.",
    NotYetEnded: "This session can be added from {when}.",
    PresentedByAttendee: "You present this session, so you cannot claim learner credit for it.",
    NotInClaim: "This session is not on your claim. Add it first.",
    CreditLimitExceeded: "At most {limit} are possible here.",
    CreditNeedUnmet: "Answer the overall evaluation before you choose {label}.",
    CreditTypeClosed: "{label} cannot be claimed at this time.",
    UnknownCreditType: "This credit is not offered to you. Reload the page.",
    InvalidAmount: "Choose one of the amounts in the list.",
    InvalidMinutes: "Choose one of the times in the list.",
    InvalidAnswer: "That is not one of the answers. Choose again.",
    StaleRevision: "Your claim has changed since this page showed it. Check it again, then submit.",
    ReopeningNotAllowed: "Only our staff can reopen a submitted claim.",
    ReopeningLimitReached: f"You have submitted your claim {VERSION_LIMIT} times. Now "
    "only our staff can reopen it.",
    NotSubmitted: "Your claim is not submitted, so you can change it.",
    InvalidCommand: "Something went wrong. Reload the page and try again.",
    StrongerSignInRequired: "Your badge is not enough for this. Sign in by e-mail or with your "
    "account, then try again.",
    ConsentMissing: "To opt in, check the consent box.",
    TooManyAttempts: "You have changed this very often today. Try again tomorrow.",
    ConsentChanged: "The consent text has changed. Read it, then check the box.",
}

_VALUES: Final[Mapping[type[Exception], Callable[[Any, ZoneInfo], Mapping[str, str]]]] = {
    ClaimPeriodNotOpen: lambda error, zone: {"when": instant(error.opens_at, zone)},
    ClaimPeriodClosed: lambda error, zone: {"when": instant(error.closed_at, zone)},
    NotYetEnded: lambda error, zone: {"when": instant(error.claimable_from, zone)},
    CreditLimitExceeded: lambda error, _: {"limit": amount(error.credit_type, error.limit)},
    CreditNeedUnmet: lambda error, _: {"label": error.credit_type.label},
    CreditTypeClosed: lambda error, _: {"label": error.credit_type.label},
}


def error_message(error: Exception, zone: ZoneInfo) -> str | None:
    """The message for an error, or None if the attendee cannot fix it."""
    message = _MESSAGES.get(type(error))
    values = _VALUES.get(type(error))
    return message and message.format(**values(error, zone) if values else {})
