"""Texts of the submit page: overall evaluation, totals and Submit."""

import unicodedata
from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.credit.claimable import CreditTotals
from cme_reflex.domain.credit.quarters import format_hours
from cme_reflex.domain.people.names import NAME_LIMIT, InvalidName, NameFault
from cme_reflex.text.plural import Plural

TITLE: Final = "Overall Eval / Submit CME"
SUBMIT: Final = "Submit"
BACK: Final = "Save & Go Back"
BEFORE: Final = "Before you can submit"
MISSING: Final = Plural(
    one="{count} thing is still missing", other="{count} things are still missing"
)

OVERALL: Final = "Overall evaluation"

TOTALS: Final = "CME Credit Claim"
CATEGORY1: Final = "Claimed Category 1 Hours"
CATEGORY1_HINT: Final = "Required. Your sessions support {hours}."
CHOOSE: Final = "Choose…"
SAFETY: Final = "Claimed Patient Safety Hours"
SAFETY_HINT: Final = "Optional, part of Category 1. Your sessions support {hours}."
NONE_CHOSEN: Final = "None chosen"
CLAIM_ALL: Final = "Claim all that my sessions support: {hours}"
LESS: Final = "You claim {claimed} of the {supported} hours that your sessions support."
LESS_OF: Final = "You claim {claimed} of the {supported} {label} hours that your sessions support."
CLAIM_ALL_NOW: Final = "Claim all {hours}"
CLAIM_ALL_OF: Final = "Claim all {hours} {label}"
OF_SUPPORTED: Final = "{claimed} of {supported} supported"

REPORTING_TITLE: Final = "Opt-In to {programme}"
REPORTING: Final = "Opt-In to Learner Credit Reporting"
NEW_WINDOW: Final = " (opens in a new window)"

CHECK: Final = "Check your answers"
CHANGED: Final = "Your claim has changed since this page showed it"
LINE_ADDED: Final = "Added: {title}, {hours} hours"
LINE_REMOVED: Final = "Removed: {title}"
LINE_HOURS: Final = "{title}: {hours} hours instead of {old}"
LINE_CHANGED: Final = "Changed: {title}, {when}"
ANSWER_CHANGED: Final = "{label}: {new} instead of {old}"
EVALUATION_CHANGED: Final = "An answer of the evaluation"
NAME: Final = "Name on certificate"
NAME_HINT: Final = "As it will be printed."
NAME_IMAGE: Final = "On the certificate: {name}"
"""Alternative text of the picture of the name."""
_NAME_FAULTS: Final[Mapping[NameFault, str]] = {
    NameFault.EMPTY: "Enter your name.",
    NameFault.TOO_LONG: f"Enter your name in at most {NAME_LIMIT} characters.",
    NameFault.WEB_ADDRESS: "Enter your name without a web address.",
    NameFault.FORBIDDEN_CHARACTERS: "A name cannot contain {characters}. Use letters, spaces, "
    "hyphens, apostrophes, periods, commas, slashes and parentheses.",
    NameFault.UNPRINTABLE: "The certificate cannot print {characters}. Enter your name without "
    "it, or in other letters.",
}
PROFESSION: Final = "Profession"
PHYSICIAN: Final = "Physician (MD or DO)"
OTHER: Final = "Other"
PROFESSION_HINT: Final = (
    "Physicians are awarded credit; all others get a participation certificate."
)
SESSIONS: Final = "Sessions"
CATEGORY1_CHOSEN: Final = "Category 1"
NOT_CHOSEN: Final = "Not chosen"
SAFETY_CHOSEN: Final = "Of which Patient Safety"
CONFIRMATION_WAITS: Final = (
    "Your confirmation has not reached us yet. It is sent again as soon as that is possible."
)
CONFIRM_AGAIN: Final = "Your claim has changed since you confirmed it. Check it and confirm again."
FINAL: Final = (
    "Submitting completes your {meeting} CME claim. After that you cannot add or change anything."
)


def name_fault(invalid: InvalidName) -> str:
    """What is wrong with a name, as an instruction for its field."""
    characters = ", ".join(map(_describe, invalid.characters))
    return _NAME_FAULTS[invalid.fault].format(characters=characters)


def _describe(character: str) -> str:
    """The character, or the code point and the name of one that cannot be seen by itself."""
    if unicodedata.category(character)[0] in {"L", "N", "P", "S"}:
        return character
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}{f' ({name})' if name else ''}"


def lower_claim(claimed: CreditTotals, supported: CreditTotals, safety_label: str) -> str:
    """That less is claimed than the sessions support, by credit type; empty if nothing is less."""
    sentences = []
    if claimed.category1 < supported.category1:
        sentences.append(
            LESS.format(
                claimed=format_hours(claimed.category1), supported=format_hours(supported.category1)
            )
        )
    if claimed.safety < supported.safety:
        sentences.append(
            LESS_OF.format(
                label=safety_label,
                claimed=format_hours(claimed.safety),
                supported=format_hours(supported.safety),
            )
        )
    return " ".join(sentences)
