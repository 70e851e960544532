"""Interface of programme readers: items, options, and the log of faults and warnings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.credit_type import Amounts, CreditTypes
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.input_limits import ProblemList
from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.tables.date_order import DateOrder
from cme_reflex.formats.tables.header_mapping import HeaderMapping
from cme_reflex.formats.tables.input_file import InputFile

NO_TYPES = CreditTypes(())
PLACES_SHOWN = 3  # of a warning that is told once for several sessions


class SourceLocation(NamedTuple):
    """Location in a file: a row number as in a spreadsheet, or an element such as "event 246"."""

    row: int | None = None
    element: str = ""

    def __str__(self) -> str:
        return self.element if self.row is None else f"row {self.row}"


class _Warning(NamedTuple):
    """A warning before it is grouped with its equals."""

    file: str
    location: SourceLocation
    column: str
    what: str
    remedy: str


@dataclass(slots=True)
class ConversionLog:
    """Faults, which prevent a conversion, and warnings about automatic decisions.

    `columns` has the file's heading of each column, if it is a table.
    """

    file: str
    faults: list[InputProblem] = field(default_factory=ProblemList)
    warnings: "list[_Warning]" = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)

    def add_fault(self, location: SourceLocation, column: str, fault: str, remedy: str) -> None:
        """Add a fault, which only a person can fix."""
        self.faults.append(_problem(self.file, location, column, fault, remedy))

    def add_warning(self, location: SourceLocation, column: str, what: str, remedy: str) -> None:
        """Add a warning about an automatic decision."""
        self.warnings.append(_Warning(self.file, location, column, what, remedy))

    def grouped_warnings(self) -> list[InputProblem]:
        """The warnings, equal ones as one with their number and the first places.

        A decision that was taken for hundreds of sessions is one line, so that the others are seen.
        """
        groups: dict[tuple[str, ...], list[_Warning]] = {}
        for warning in self.warnings:
            key = (warning.file, warning.column, warning.what, warning.remedy)
            groups.setdefault(key, []).append(warning)
        return [_grouped(group) for group in groups.values()]


def _problem(
    file: str, location: SourceLocation, column: str, fault: str, remedy: str
) -> InputProblem:
    where = ", ".join(part for part in (location.element, column) if part)
    return InputProblem(file, location.row, where or None, fault, remedy)


def _grouped(group: "list[_Warning]") -> InputProblem:
    file, location, column, what, remedy = group[0]
    if len(group) > 1:
        places = [str(each.location) for each in group[:PLACES_SHOWN]]
        more = " …" if len(group) > PLACES_SHOWN else ""
        location = SourceLocation(element=f"{len(group)} times ({', '.join(places)}{more})")
    return _problem(file, location, column, what, remedy)


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

    `zone` is the zone of times for which the file names none, and of written times; `zone_map` has
    the zones of names that only the file's author knows. With `wall_clock`, offsets are considered
    wrong and are ignored. `credit_types` are the meeting's; without them, no credit can be read.
    `eligible_kinds` and `ineligible_kinds` are folded. Kinds of which nobody has said whether they
    are eligible are faults, unless `all_eligible` is set, or `ask_eligible` is not.
    `first_day` is the meeting's, for dates without a year. With `strict`, a warning is a fault.
    """

    zone: ZoneInfo | None = None
    zone_map: Mapping[str, ZoneInfo] = field(default_factory=dict)
    strict: bool = False
    wall_clock: bool = False
    dates: DateOrder | None = None
    first_day: date | None = None
    delivery: Delivery = Delivery.LIVE
    credit_types: CreditTypes = NO_TYPES
    eligible_kinds: frozenset[str] = frozenset()
    ineligible_kinds: frozenset[str] = frozenset()
    mapping: HeaderMapping = field(default_factory=HeaderMapping)
    all_eligible: bool = False
    ask_eligible: bool = True


def warn_untitled(
    starts_at: datetime, room: str, location: SourceLocation, column: str, log: ConversionLog
) -> None:
    """Warn of an item without a title, which is left out: a placeholder in most calendars."""
    place = f" ({room})" if room else ""
    what = f"The item of {starts_at:%Y-%m-%d %H:%M}{place} has no title."
    log.add_warning(location, column, what, "It is omitted.")


class Reader(Protocol):
    """Reader of one format: yields an item for every session, logs faults and continues.

    Raises InvalidInput if the file is not of this format at all.
    """

    def __call__(
        self, source: InputFile, options: ProgrammeOptions, log: ConversionLog
    ) -> Iterator[ProgrammeItem]:
        """The sessions, in the order of the file."""
        ...
