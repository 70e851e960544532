"""What is wrong with a file that a person wrote: where, what, and how to put it right."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """Whether a file can be used in spite of it."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One fault, or one warning. `row` counts as a spreadsheet does: the headings are row 1."""

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
    """The folder cannot be read as a meeting; `problems` has every fault that was found."""

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy for a word that is none of the known ones."""
    known = sorted(known)
    if near := get_close_matches(word.casefold(), known, n=1):
        return f"Did you mean {near[0]}?"
    return f"Use one of: {', '.join(known)}." if known else "Take it out."
