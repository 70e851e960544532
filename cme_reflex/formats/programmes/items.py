"""What every reader of a programme gives: items, and notes on what is wrong or was decided."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.tables.date_parsing import DateOrder
from cme_reflex.formats.tables.input_file import InputFile


class SourceLocation(NamedTuple):
    """Where in a file: a row as a spreadsheet counts, or an element such as "event 246"."""

    row: int | None = None
    element: str = ""


@dataclass(slots=True)
class ConversionLog:
    """Faults, which stop a conversion, and warnings, which tell what was decided on the way."""

    file: str
    faults: list[InputProblem] = field(default_factory=list)
    warnings: list[InputProblem] = field(default_factory=list)

    def add_fault(self, location: SourceLocation, column: str, fault: str, remedy: str) -> None:
        """Note what only a person can put right."""
        self.faults.append(self._problem(location, column, fault, remedy))

    def add_warning(self, location: SourceLocation, column: str, what: str, remedy: str) -> None:
        """Note what was decided for lack of better knowledge."""
        self.warnings.append(self._problem(location, column, what, remedy))

    def _problem(
        self, location: SourceLocation, column: str, fault: str, remedy: str
    ) -> InputProblem:
        where = ", ".join(part for part in (location.element, column) if part)
        return InputProblem(self.file, location.row, where or None, fault, remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeItem:
    """One session. Instants are aware, in the zone that the file shows them in.

    `eligible` is None where the file does not say, and so are credit and
    delivery. `cancelled` items are left out.
    """

    location: SourceLocation
    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    kind: str = ""
    track: str = ""
    room: str = ""
    speakers: tuple[str, ...] = ()
    delivery: Delivery | None = None
    quarters: Quarters | None = None
    safety: Quarters | None = None
    eligible: bool | None = None
    faculty_badges: tuple[str, ...] = ()
    on_demand_from: datetime | None = None
    all_day: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOptions:
    """What the person at the keyboard decides where the file does not, or says it wrongly.

    `zone` is for times without an offset, and the one that times are written
    in. With `wall_clock`, offsets are taken for a mistake and left out.
    """

    zone: ZoneInfo | None = None
    wall_clock: bool = False
    dates: DateOrder | None = None
    delivery: Delivery = Delivery.LIVE
    eligible_kinds: frozenset[str] = frozenset()
    ineligible_kinds: frozenset[str] = frozenset()


class Reader(Protocol):
    """One format: `yield` an item for every session, note what is wrong and go on.

    Raises InvalidInput where the file is not of this format at all.
    """

    def __call__(
        self, source: InputFile, options: ProgrammeOptions, log: ConversionLog
    ) -> Iterator[ProgrammeItem]:
        """The sessions of the file, in its order."""
        ...
