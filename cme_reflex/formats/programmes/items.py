"""Interface of programme readers: items, options, and the log of faults and warnings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import Amounts, CreditTypes
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.input_limits import ProblemList
from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.tables.date_parsing import DateOrder
from cme_reflex.formats.tables.input_file import InputFile

NO_TYPES = CreditTypes(())


class SourceLocation(NamedTuple):
    """Location in a file: a row number as in a spreadsheet, or an element such as "event 246"."""

    row: int | None = None
    element: str = ""


@dataclass(slots=True)
class ConversionLog:
    """Faults, which prevent a conversion, and warnings about automatic decisions."""

    file: str
    faults: list[InputProblem] = field(default_factory=ProblemList)
    warnings: list[InputProblem] = field(default_factory=list)

    def add_fault(self, location: SourceLocation, column: str, fault: str, remedy: str) -> None:
        """Add a fault, which only a person can fix."""
        self.faults.append(self._problem(location, column, fault, remedy))

    def add_warning(self, location: SourceLocation, column: str, what: str, remedy: str) -> None:
        """Add a warning about an automatic decision."""
        self.warnings.append(self._problem(location, column, what, remedy))

    def _problem(
        self, location: SourceLocation, column: str, fault: str, remedy: str
    ) -> InputProblem:
        where = ", ".join(part for part in (location.element, column) if part)
        return InputProblem(self.file, location.row, where or None, fault, remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeItem:
    """One session. Instants are aware, in the zone in which the file shows them.

    Eligibility and delivery are None if the file does not have them. `credit` has the amounts that
    the file gives, and `identifiers` the session's, both by credit type. `cancelled` items are
    omitted.
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
    credit: Amounts = field(default_factory=dict)
    identifiers: Mapping[str, str] = field(default_factory=dict)
    eligible: bool | None = None
    faculty_badges: tuple[str, ...] = ()
    on_demand_from: datetime | None = None
    all_day: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOptions:
    """The user's options for values that the file lacks or has wrong.

    `zone` is the zone of times without an offset, and of written times. With
    `wall_clock`, offsets are considered wrong and are ignored. `credit_types` are the
    meeting's; without them, no credit can be read.
    """

    zone: ZoneInfo | None = None
    wall_clock: bool = False
    dates: DateOrder | None = None
    delivery: Delivery = Delivery.LIVE
    credit_types: CreditTypes = NO_TYPES
    eligible_kinds: frozenset[str] = frozenset()
    ineligible_kinds: frozenset[str] = frozenset()


class Reader(Protocol):
    """Reader of one format: yields an item for every session, logs faults and continues.

    Raises InvalidInput if the file is not of this format at all.
    """

    def __call__(
        self, source: InputFile, options: ProgrammeOptions, log: ConversionLog
    ) -> Iterator[ProgrammeItem]:
        """The sessions, in the order of the file."""
        ...
