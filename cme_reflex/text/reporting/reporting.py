"""Texts of the learner credit reporting page: opt-in, its state and rejections."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.reporting.learner import FieldFault
from cme_reflex.text.plural import Plural

TAB: Final = "Learner Credit Reporting"
TITLE: Final = "Opt-In to {programme}"
BACK: Final = "Return to your claim"

REJECTED: Final = "ACCME rejected your record"
REJECTED_REMEDY: Final = (
    "Correct your information below and save. We then report your credit again."
)
QUOTED: Final = "“{said}”"
CONSENTED_ON: Final = "You gave your consent on {when}."
TAKEN_BACK: Final = "The reported credit will be deleted with the next report."

FIRST_NAME: Final = "First Name"
LAST_NAME: Final = "Last Name"
BIRTH_MONTH: Final = "Month of birth"
BIRTH_DAY: Final = "Day of birth"
STATE: Final = "State of licensure"
LICENCE: Final = "License ID"
LICENCE_HINT: Final = "Or enter your NPI."
NPI: Final = "NPI"
NPI_HINT: Final = "Ten digits."
BOARD: Final = "Certifying board"
BOARD_HINT: Final = "Optional."
BOARD_ID: Final = "Board ID"
BOARD_ID_HINT: Final = "Required with a board."
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
    FieldFault.TOO_LONG: "Shorten this to 60 characters without special characters.",
    FieldFault.FORMULA: "Begin this with a letter or a digit.",
    FieldFault.NO_SUCH_DAY: "Enter a date that exists.",
    FieldFault.NO_SUCH_STATE: "Choose a state from the list.",
    FieldFault.NOT_AN_NPI: "Check the number: it is not a valid ten-digit NPI.",
    FieldFault.NO_SUCH_BOARD: "Choose a board from the list.",
    FieldFault.BOARD_ID_MISSING: "Enter your ID at the board.",
    FieldFault.LICENCE_OR_NPI: "Enter your license ID or your NPI.",
}

_OPTED_IN: Final[Mapping[bool | None, str]] = {
    None: "You have not opted in.",
    True: "You are opted in.",
    False: "You have withdrawn your consent.",
}


def opted_in(is_opted_in: bool | None) -> str:
    """The state of the opt-in; `is_opted_in` is None if there never was one."""
    return _OPTED_IN[is_opted_in]
