"""Learner credit reporting: opting in to it, and what became of that."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.reporting.learner import FieldFault
from cme_reflex.text.plural import Plural

TAB: Final = "Learner Credit Reporting"
TITLE: Final = "Opt-In to {programme}"
BACK: Final = "Return to your claim"

REJECTED: Final = "ACCME did not take your record"
REJECTED_REMEDY: Final = "Correct what you gave below and save. Your credit is then sent again."
QUOTED: Final = "“{said}”"
CONSENTED_ON: Final = "Your consent is from {when}."
TAKEN_BACK: Final = "What was reported is taken back with the next report."

FIRST_NAME: Final = "First Name"
LAST_NAME: Final = "Last Name"
BIRTH_MONTH: Final = "Month of birth"
BIRTH_DAY: Final = "Day of birth"
STATE: Final = "State of licensure"
LICENCE: Final = "License ID"
LICENCE_HINT: Final = "Or give your NPI."
NPI: Final = "NPI"
NPI_HINT: Final = "Ten digits."
BOARD: Final = "Certifying board"
BOARD_HINT: Final = "Optional."
BOARD_ID: Final = "Board ID"
BOARD_ID_HINT: Final = "With a board."
CHOOSE: Final = "Choose…"
OPT_IN: Final = "Opt in"
SAVE: Final = "Save changes"
WITHDRAW: Final = "Withdraw consent"

SAVED_IN: Final = "Saved. You are opted in."
SAVED_OUT: Final = "Saved. Your consent is withdrawn."
ANOTHER_LOOK: Final = Plural(
    one="{count} of the fields needs another look.",
    other="{count} of the fields need another look.",
)

FAULTS: Final[Mapping[FieldFault, str]] = {
    FieldFault.MISSING: "Fill this in.",
    FieldFault.TOO_LONG: "Shorten this to 60 characters without special signs.",
    FieldFault.FORMULA: "Begin this with a letter or a digit.",
    FieldFault.NO_SUCH_DAY: "Give a day that is in the calendar.",
    FieldFault.NO_SUCH_STATE: "Choose a state from the list.",
    FieldFault.NOT_AN_NPI: "Check the number: an NPI has ten digits, and these do not form one.",
    FieldFault.NO_SUCH_BOARD: "Choose a board from the list.",
    FieldFault.BOARD_ID_MISSING: "Give the ID that the board knows you by.",
    FieldFault.LICENCE_OR_NPI: "Give your license ID or your NPI.",
}

_OPTED_IN: Final[Mapping[bool | None, str]] = {
    None: "You have not opted in.",
    True: "You are opted in.",
    False: "You have withdrawn your consent.",
}


def opted_in(stands: bool | None) -> str:
    """What became of the opt-in to learner credit reporting; None where there was none."""
    return _OPTED_IN[stands]
