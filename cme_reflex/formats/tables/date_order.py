"""The order of dates in numbers, which the options of commands name without a parser."""

from enum import StrEnum


class DateOrder(StrEnum):
    """Order of month and day in a date such as 9/10/2024."""

    MONTH = "mdy"
    DAY = "dmy"
