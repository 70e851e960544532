"""Limits of the files that staff load, and the meter that counts what was read of one.

A file of a few kilobytes can ask for hours and gigabytes: by a row number, by millions of empty
elements that compress well, by nesting. Readers count what they read before they keep it, so work
and memory are bounded by these figures, whatever the file says. They are many times those of the
largest files known, a registration of 50,000 people with 40 columns and a programme of 15,000
abstracts.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cme_reflex.formats.input_problems import InputProblem, InvalidInput, Severity


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a file may have of something.

    `fault` has a place for the figure and is told with the `remedy` at a refusal.
    """

    fault: str
    maximum: int
    remedy: str

    def problem(self, file: str, row: int | None = None, column: str | None = None) -> InputProblem:
        """The fault of a file that exceeds the limit."""
        return InputProblem(file, row, column, self.fault.format(self.maximum), self.remedy)


_SPLIT = "Split the file, or remove what is not needed."
_COPY = "Copy the cells of the table to a new workbook, as values."

FILE_BYTES = Limit("The file has more than {:,} bytes.", 20_000_000, "Remove what is not needed.")
SETTINGS_BYTES = Limit(
    "The file has more than {:,} bytes.", 1_000_000, "Remove what does not belong there."
)
UNPACKED_BYTES = Limit("The workbook unpacks to more than {:,} bytes.", 100_000_000, _COPY)
PARTS = Limit("The workbook has more than {:,} parts.", 5_000, _COPY)
SECONDS = Limit("Reading the file takes more than {:,} seconds.", 120, _SPLIT)
DEPTH = Limit("The file is nested more than {:,} levels deep.", 100, "Check its structure.")

ROWS = Limit("The file has more than {:,} rows.", 200_000, _SPLIT)
ROW_NUMBER = Limit(  # Excel's own limit
    "A row has a number above {:,}.", 1_048_576, "Delete what is below the table."
)
COLUMNS = Limit("The row has more than {:,} cells.", 1_000, "Delete what is beside the table.")
CELLS = Limit("The file has more than {:,} cells.", 2_000_000, _SPLIT)
CELL_CHARACTERS = Limit(  # Excel's own limit
    "The cell has more than {:,} characters.", 32_767, "Shorten its text."
)
CHARACTERS = Limit("The cells have more than {:,} characters.", 40_000_000, _SPLIT)
SHARED_STRINGS = Limit("The workbook has more than {:,} texts.", 500_000, _SPLIT)
STYLES = Limit(
    "The workbook has more than {:,} styles, merged ranges, links and the like.", 100_000, _COPY
)
XML_ELEMENTS = Limit("The workbook has more than {:,} XML elements.", 5_000_000, _SPLIT)
SCHEDULE_ELEMENTS = Limit("The file has more than {:,} XML elements.", 1_000_000, _SPLIT)
JSON_VALUES = Limit("The file has more than {:,} JSON values.", 2_000_000, _SPLIT)
CALENDAR_LINES = Limit("The file has more than {:,} properties.", 300_000, _SPLIT)
EVENTS = Limit("The file has more than {:,} events.", 50_000, _SPLIT)
FAULTS = Limit(
    "The file has more than {:,} faults; the others are not listed.", 10_000, "Correct these first."
)


class ProblemList(list[InputProblem]):
    """The problems of a file, whose faults are limited: each of a million rows may have several."""

    def __init__(self, problems: Iterable[InputProblem] = ()) -> None:
        super().__init__(problems)
        self._faults = 0

    def append(self, problem: InputProblem) -> None:
        """Add a problem. Raises InvalidInput, with all problems so far, for a fault too many."""
        self._faults += problem.severity is Severity.FAULT
        if self._faults > FAULTS.maximum:
            raise InvalidInput([*self, FAULTS.problem(problem.file)])
        super().append(problem)


class InputMeter:
    """Counts of what was read of one file; `counts` has them by limit."""

    def __init__(self, file: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.file = file
        self.counts: Counter[Limit] = Counter()
        self._clock = clock
        self._deadline = clock() + SECONDS.maximum

    def count(
        self, limit: Limit, amount: int = 1, *, row: int | None = None, column: str | None = None
    ) -> None:
        """Count some more of it. Raises InvalidInput above the limit, or after SECONDS."""
        self.counts[limit] += amount
        self.check(limit, self.counts[limit], row=row, column=column)
        if self._clock() > self._deadline:
            raise InvalidInput([SECONDS.problem(self.file, row, column)])

    def check(
        self, limit: Limit, size: int, *, row: int | None = None, column: str | None = None
    ) -> None:
        """Raise InvalidInput if one size, such as that of a cell, is above its limit."""
        if size > limit.maximum:
            raise InvalidInput([limit.problem(self.file, row, column)])
