"""Learner data for ACCME's PARS, and its validation."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from cme_reflex.domain.formulas import begins_like_formula

# fmt: off
STATES = (
    "Alabama", "Alaska", "American Samoa", "Arizona", "Arkansas", "California", "Colorado",
    "Connecticut", "Delaware", "District of Columbia", "Florida", "Georgia", "Guam", "Hawaii",
    "Idaho", "Illinois", "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine",
    "Maryland", "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana",
    "Nebraska", "Nevada", "New Hampshire", "New Jersey", "New Mexico", "New York",
    "North Carolina", "North Dakota", "Northern Mariana Islands", "Ohio", "Oklahoma", "Oregon",
    "Pennsylvania", "Puerto Rico", "Rhode Island", "South Carolina", "South Dakota", "Tennessee",
    "Texas", "U.S. Virgin Islands", "Utah", "Vermont", "Virginia", "Washington", "West Virginia",
    "Wisconsin", "Wyoming",
)
# fmt: on

BOARDS = ("ABA", "ABIM", "ABOHNS", "ABOS", "ABP", "ABPath", "ABPMR", "ABS", "ABTS")
"""The boards that receive credit from PARS; the American Board of Plastic Surgery does not."""

_LEAP_YEAR = 2024  # the form does not ask for the year of birth, so February 29 is valid
_NPI_PREFIX = "80840"  # issuer number that the check digit of an NPI includes (ISO 7812)
_FIELD_LIMIT = 60  # characters
_REQUIRED = ("first_name", "last_name", "birth_month", "birth_day", "state")


class FieldFault(StrEnum):
    """Kinds of faults in a field."""

    MISSING = auto()
    TOO_LONG = auto()
    FORMULA = auto()
    NO_SUCH_DAY = auto()
    NO_SUCH_STATE = auto()
    NOT_AN_NPI = auto()
    NO_SUCH_BOARD = auto()
    BOARD_ID_MISSING = auto()
    LICENCE_OR_NPI = auto()


class InvalidLearner(ValueError):
    """Fields that PARS would reject, each with its fault."""

    def __init__(self, faults: Mapping[str, FieldFault]) -> None:
        super().__init__(", ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = dict(faults)


class ConsentMissing(Exception):
    """The learner has not given the consent that reporting requires."""


class ConsentChanged(Exception):
    """The meeting's consent text is no longer the one that the learner agreed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """A learner's data for PARS. Month and day of birth without the year; a board is optional."""

    first_name: str
    last_name: str
    birth_month: int
    birth_day: int
    state: str
    licence_id: str = ""
    npi: str = ""
    board: str = ""
    board_id: str = ""


MASK = "••••"
VISIBLE = 2  # characters at the end of a masked value
_MASKED = ("birth_month", "birth_day", "state", "licence_id", "npi", "board_id")


def masked(learner: Learner) -> dict[str, str]:
    """The learner's fields, the identifying ones masked to their last two characters.

    A value that is hardly longer than these is masked as a whole. The mask has a fixed length.
    """
    values = {name: str(getattr(learner, name)) for name in Learner.__slots__}
    return {name: _mask(value) if name in _MASKED else value for name, value in values.items()}


def _mask(value: str) -> str:
    return f"{MASK}{value[-VISIBLE:] if len(value) > 2 * VISIBLE else ''}" if value else ""


def is_npi(number: str) -> bool:
    """Whether the ten digits are a National Provider Identifier (Luhn over 80840 + NPI)."""
    if not (len(number) == 10 and number.isascii() and number.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(_NPI_PREFIX + number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def parse_learner(fields: Mapping[str, object], boards: Sequence[str]) -> Learner:
    """Parse the fields of the form. Raises InvalidLearner with the fault of every invalid field."""
    text = _normalized(fields)
    if faults := {**_faults(text), **_birthday_faults(text), **_board_faults(text, boards)}:
        raise InvalidLearner(faults)
    texts = {name: text[name] for name in text if name not in ("birth_month", "birth_day")}
    return Learner(
        birth_month=_number(text["birth_month"]), birth_day=_number(text["birth_day"]), **texts
    )


def faults_so_far(
    fields: Mapping[str, object], reached: Collection[str], boards: Sequence[str]
) -> dict[str, FieldFault]:
    """The faults among the fields that the attendee has reached while filling in the form."""
    try:
        parse_learner(fields, boards)
    except InvalidLearner as invalid:
        return {
            name: fault
            for name, fault in invalid.faults.items()
            # An attendee who leaves the license empty may be about to enter an NPI.
            if name in reached and (fault is not FieldFault.LICENCE_OR_NPI or "npi" in reached)
        }
    return {}


def _normalized(fields: Mapping[str, object]) -> dict[str, str]:
    return {name: " ".join(str(fields.get(name) or "").split()) for name in Learner.__slots__}


def _faults(text: Mapping[str, str]) -> dict[str, FieldFault]:
    faults = {name: FieldFault.MISSING for name in _REQUIRED if not text[name]}
    for name, value in text.items():
        if len(value) > _FIELD_LIMIT or not value.isprintable():
            faults[name] = FieldFault.TOO_LONG
        elif begins_like_formula(value):
            # Staff open the file in a spreadsheet program. It must contain the text word for
            # word, so it cannot be escaped.
            faults[name] = FieldFault.FORMULA
    if text["state"] and text["state"] not in STATES:
        faults["state"] = FieldFault.NO_SUCH_STATE
    if not text["licence_id"] and not text["npi"]:
        faults["licence_id"] = FieldFault.LICENCE_OR_NPI
    if text["npi"] and not is_npi(text["npi"]):
        faults["npi"] = FieldFault.NOT_AN_NPI
    return faults


def _birthday_faults(text: Mapping[str, str]) -> dict[str, FieldFault]:
    if not (text["birth_month"] and text["birth_day"]):
        return {}
    month, day = _number(text["birth_month"]), _number(text["birth_day"])
    if not 1 <= month <= 12:
        return {"birth_month": FieldFault.NO_SUCH_DAY}
    if not 1 <= day <= monthrange(_LEAP_YEAR, month)[1]:
        return {"birth_day": FieldFault.NO_SUCH_DAY}
    return {}


def _board_faults(text: Mapping[str, str], boards: Sequence[str]) -> dict[str, FieldFault]:
    if not text["board"]:
        return {}
    faults = {} if text["board"] in boards else {"board": FieldFault.NO_SUCH_BOARD}
    return faults if text["board_id"] else {**faults, "board_id": FieldFault.BOARD_ID_MISSING}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
