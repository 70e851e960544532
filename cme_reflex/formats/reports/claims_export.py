"""Export of claims for a society's own systems, as CSV, XLSX or JSON.

A submitted claim is exported as its valid version, also while it is reopened;
one without a valid version, because it was never submitted or was withdrawn, as
its current draft, without a receipt. Removed lines are omitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BeforeValidator, Field, PlainSerializer, TypeAdapter, WithJsonSchema

from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.formats.reports.file_format import FileFormat
from cme_reflex.formats.tables.sheets import Column, ColumnType, CsvWriter, Sheet, XlsxWriter

CONFIRMATION = Column("confirmation")
"""Only where it is asked for: with the last name it is a sign-in."""

CLAIMS = Sheet(
    "claims",
    (
        Column("badge"),
        Column("last_name", width=20),
        Column("first_name", width=20),
        Column("suffix", width=8),
        Column("name_on_certificate", width=28),
        Column("email", width=28),
        Column("profession"),
        Column("registration_type", width=18),
        Column("status"),
        Column("version", ColumnType.NUMBER, 8),
        Column("receipt", width=20),
        Column("submitted_at", ColumnType.INSTANT, 26),
        Column("category1_hours", ColumnType.HOURS, 16, "category1"),
        Column("patient_safety_hours", ColumnType.HOURS, 20, "safety"),
    ),
)
LINES = Sheet(
    "lines",
    (
        Column("badge"),
        Column("session"),
        Column("title", width=60),
        Column("starts_at", ColumnType.INSTANT, 26),
        Column("ends_at", ColumnType.INSTANT, 26),
        Column("watched"),
        Column("category1_hours", ColumnType.HOURS, 16, "category1"),
        Column("patient_safety_hours", ColumnType.HOURS, 20, "safety"),
    ),
)
ANSWERS = Sheet(
    "answers",
    (
        Column("badge"),
        Column("session"),
        Column("question", width=24),
        Column("kind"),
        Column("answer", width=60),
    ),
)
SHEETS = (CLAIMS, LINES, ANSWERS)
WITH_CONFIRMATION = replace(CLAIMS, columns=(CLAIMS.columns[0], CONFIRMATION, *CLAIMS.columns[1:]))

HoursField = Annotated[
    Quarters,
    PlainSerializer(lambda quarters: quarters / 4),
    BeforeValidator(lambda hours: round(hours * 4)),
    WithJsonSchema({"type": "number", "minimum": 0, "multipleOf": 0.25}),
]
"""Quarter hours in Python, a number of hours in JSON."""

CATEGORY1_FIELD = Field(alias="category1_hours")
SAFETY_FIELD = Field(alias="patient_safety_hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedLine:
    """A session of a claim. Instants are aware UTC, credit is in quarter hours."""

    session: str
    title: str
    starts_at: datetime
    ends_at: datetime
    watched: str
    category1: Annotated[HoursField, CATEGORY1_FIELD]
    safety: Annotated[HoursField, SAFETY_FIELD]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedAnswer:
    """An answer; `session` is empty for the overall evaluation."""

    session: str
    question: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedClaim:
    """A claim with its lines and answers. Without a `version` no version of it is valid."""

    badge: str
    confirmation: str
    last_name: str
    first_name: str
    suffix: str
    name_on_certificate: str
    email: str
    profession: str
    registration_type: str
    status: str
    version: int | None
    receipt: str
    submitted_at: datetime | None
    category1: Annotated[HoursField | None, CATEGORY1_FIELD]
    safety: Annotated[HoursField | None, SAFETY_FIELD]
    lines: tuple[ExportedLine, ...]
    answers: tuple[ExportedAnswer, ...]


class ClaimsWriter(Protocol):
    """Writer of an export's files."""

    def add(self, claim: ExportedClaim) -> None:
        """Write one claim."""

    def close(self) -> None:
        """Close the files."""


def open_writer(folder: Path, kind: FileFormat, *, confirmations: bool = False) -> ClaimsWriter:
    """Open the files of an export in an existing folder, with confirmation numbers if asked for."""
    claims = WITH_CONFIRMATION if confirmations else CLAIMS
    sheets = (claims, *SHEETS[1:])
    match kind:
        case FileFormat.CSV:
            return _TablesWriter(CsvWriter(folder, sheets), claims)
        case FileFormat.XLSX:
            return _TablesWriter(XlsxWriter(folder / "claims.xlsx", sheets), claims)
        case FileFormat.JSON:
            excluded = set() if confirmations else {CONFIRMATION.name}
            return _JsonWriter(folder / "claims.json", excluded)


def file_names(kind: FileFormat) -> tuple[str, ...]:
    """The names of the files of an export in this format."""
    return (
        tuple(f"{sheet.name}.csv" for sheet in SHEETS)
        if kind is FileFormat.CSV
        else (f"claims.{kind}",)
    )


class _TablesWriter:
    def __init__(self, files: CsvWriter | XlsxWriter, claims: Sheet) -> None:
        self._files = files
        self._claims = claims

    def add(self, claim: ExportedClaim) -> None:
        self._files.add("claims", self._claims.row(claim))
        for line in claim.lines:
            self._files.add("lines", (claim.badge, *LINES.row(line, skip=1)))
        for answer in claim.answers:
            for kind, text in _texts(answer.answer):
                key = (claim.badge, answer.session, answer.question)
                self._files.add("answers", (*key, kind, text))

    def close(self) -> None:
        self._files.close()


_CLAIM_ADAPTER: TypeAdapter[ExportedClaim] = TypeAdapter(ExportedClaim)


class _JsonWriter:
    """Writer of a JSON list, one claim per line, so that claims are written one at a time."""

    def __init__(self, path: Path, excluded: set[str]) -> None:
        self._file = path.open("wb")
        self._excluded = excluded
        self._separator = b"[\n"

    def add(self, claim: ExportedClaim) -> None:
        text = _CLAIM_ADAPTER.dump_json(claim, by_alias=True, exclude=self._excluded)
        self._file.write(self._separator + text)
        self._separator = b",\n"

    def close(self) -> None:
        self._file.write(b"[]\n" if self._separator == b"[\n" else b"\n]\n")
        self._file.close()


def _texts(answer: Answer) -> Iterator[tuple[str, str]]:
    """Kind and text of an answer, one pair per option, so that readers need not split a list."""
    match answer:
        case bool():
            yield "yes_no", "yes" if answer else "no"
        case int():
            yield "scale", str(answer)
        case tuple():
            yield from (("some_of", option) for option in answer)
        case text:
            yield "text", text
