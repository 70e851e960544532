"""Texts of the submit page: overall evaluation, totals and Submit."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from cme_reflex.domain.credit.credit_type import CreditType
from cme_reflex.domain.people.names import NAME_LIMIT, InvalidName, NameFault
from cme_reflex.text.claims.credit import listed, unit_label
from cme_reflex.text.claims.receipt import OF_WHICH
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
TOTAL: Final = "Claimed {label} {unit}"
CHOOSE: Final = "Choose…"
NONE_CHOSEN: Final = "None chosen"

REPORTING_TITLE: Final = "Opt-In to {programme}"
REPORTING: Final = "Opt-In to Learner Credit Reporting"
NEW_WINDOW: Final = " (opens in a new window)"

CHECK: Final = "Check your answers"
CHANGED: Final = "Your claim has changed since this page showed it"
LINE_ADDED: Final = "Added: {title}, {credit}"
LINE_REMOVED: Final = "Removed: {title}"
LINE_CREDIT: Final = "{title}: {credit} instead of {old}"
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
    NameFault.WEB_ADDRESS: "Enter your name without a web address, and with a space after each "
    "period.",
    NameFault.FORBIDDEN_CHARACTERS: "A name cannot contain {characters}. Use letters, spaces, "
    "hyphens, apostrophes, periods, commas, slashes and parentheses.",
    NameFault.UNPRINTABLE: "The certificate cannot print {characters}. Enter your name without "
    "it, or in other letters.",
}
PROFESSION: Final = "Profession"
AWARDED: Final = "You are awarded {labels}."
PARTICIPATION: Final = "You get a participation certificate for {labels}."
CORRECTION_CLEARS: Final = (
    "If you change it, what you chose of {labels} is cleared unless the other profession is "
    "offered it too."
)
ASK_STAFF: Final = "It comes from your registration. If it is wrong, ask {contact}."
SESSIONS: Final = "Sessions"
NOT_CHOSEN: Final = "Not chosen"
NOT_OFFERED: Final = "Not offered"
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


def total(credit_type: CreditType) -> str:
    """The label of the field in which a total is chosen: ``Claimed Category 1 Hours``."""
    return TOTAL.format(label=credit_type.label, unit=unit_label(credit_type))


def no_choice(credit_type: CreditType) -> str:
    """What is shown of a total that is not chosen."""
    return NOT_CHOSEN if credit_type.is_primary else NONE_CHOSEN


def total_label(credit_type: CreditType) -> str:
    """The label of a chosen total: ``Category 1``, ``Of which Patient Safety``."""
    return credit_type.label if credit_type.is_primary else OF_WHICH.format(label=credit_type.label)


def profession_hint(awarded: Iterable[str], participation: Iterable[str]) -> str:
    """What the chosen profession gets; the arguments are labels of primary types."""
    templates = ((AWARDED, listed(awarded)), (PARTICIPATION, listed(participation)))
    return " ".join(template.format(labels=labels) for template, labels in templates if labels)
