"""Credit amounts as whole quarter hours, never as floats; screens show them as hours."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NewType

Quarters = NewType("Quarters", int)
"""Whole quarter hours: 4 quarters are 60 minutes are 1 credit (AMA PRA booklet)."""

MINUTES_PER_QUARTER = 15  # in a quarter hour

_HOURS = re.compile(r"([0-9]{1,4})(?:\.(0|25|5|75)0*)?")  # 9,999 hours are more than a year
_QUARTERS_BY_FRACTION = {None: 0, "0": 0, "25": 1, "5": 2, "75": 3}


class InvalidHours(ValueError):
    """The text is not a valid number of credit hours."""

    def __init__(self, text: object) -> None:
        super().__init__(f"'{text}' is not a number of hours. Use quarter hours, such as 1.25.")
        self.text = text


def nearest_quarters(minutes: int) -> Quarters:
    """A duration in whole minutes as credit, to the nearest quarter hour (AMA PRA booklet).

    7 h 20 min are 29 quarters, the AAFP's own example of 7.25 credits. Whole
    minutes never lie halfway: 7 minutes round down and 8 round up. Drop seconds
    before calling, so that 7 min 30 s is 7 minutes and rounds down. A negative
    duration, from an end before its start, gives no credit.
    """
    return Quarters(max(0, (minutes + MINUTES_PER_QUARTER // 2) // MINUTES_PER_QUARTER))


def parse_hours(text: str | Decimal) -> Quarters:
    """Parse decimal hours into quarter hours: ``parse_hours("8.50") == 34``.

    Raises InvalidHours for anything but a plain decimal number with up to four
    digits before the point, that is not negative and a multiple of 0.25.
    """
    hours = f"{text:f}" if isinstance(text, Decimal) else text.strip()
    match = _HOURS.fullmatch(hours)
    if match is None:
        raise InvalidHours(text)
    return Quarters(4 * int(match[1]) + _QUARTERS_BY_FRACTION[match[2]])


@lru_cache(maxsize=1_024)  # a page formats the same few amounts again and again
def format_hours(quarters: Quarters) -> str:
    """Format quarter hours as hours, for screens: ``format_hours(Quarters(34)) == "8.50"``."""
    return f"{quarters // 4}.{quarters % 4 * 25:02}"


def to_minutes(quarters: Quarters) -> int:
    """Convert quarter hours to minutes."""
    return MINUTES_PER_QUARTER * quarters
