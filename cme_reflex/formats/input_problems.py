"""Problems of input files: location, fault and remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """Severity of a problem: a fault prevents the use of a file, a warning does not."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class InputProblem:
    """A fault or a warning. `row` counts as in a spreadsheet: the headings are row 1."""

    file: str
    row: int | None
    column: str | None
    fault: str
    remedy: str
    severity: Severity = Severity.FAULT

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row is not None else ""
        where = ", ".join(part for part in (self.file, row, self.column) if part)
        return f"{where}: {self.fault} {self.remedy}"


class InvalidInput(Exception):
    """The input files are invalid; `problems` has every fault that was found."""

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown word: the closest known word, or a list of them."""
    known = sorted(known)
    if matches := get_close_matches(word.casefold(), known, n=1):
        return f"Did you mean {matches[0]}?"
    return f"Use one of: {', '.join(known)}." if known else "Remove it."
