"""Export of claims for a society's own systems, as CSV, XLSX or JSON.

A submitted claim is exported as its valid version, also while it is reopened;
one without a valid version, because it was never submitted or was withdrawn, as
its current draft, without a receipt. Removed lines are omitted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import PlainSerializer, TypeAdapter, WithJsonSchema

from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType
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
        Column("minutes", ColumnType.NUMBER),
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
"""The sheets without the columns of the credit types, `credit:<code>`, as in sessions.csv."""

WITH_CONFIRMATION = replace(CLAIMS, columns=(CLAIMS.columns[0], CONFIRMATION, *CLAIMS.columns[1:]))

CreditNumber = Annotated[
    Decimal, PlainSerializer(float, return_type=float), WithJsonSchema({"type": "number"})
]
"""Credit as certificates show it; a number in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCredit:
    """The credit of one type that a claim claims. `part_of` is the primary type of a subset."""

    credit_type: str
    label: str
    part_of: str | None
    claimed: CreditNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedLine:
    """A session of a claim, with its credit by type. Instants are aware UTC."""

    session: str
    title: str
    starts_at: datetime
    ends_at: datetime
    watched: str
    minutes: int
    credits: Mapping[str, CreditNumber]


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
    credits: tuple[ExportedCredit, ...]
    lines: tuple[ExportedLine, ...]
    answers: tuple[ExportedAnswer, ...]


class ClaimsWriter(Protocol):
    """Writer of an export's files."""

    def add(self, claim: ExportedClaim) -> None:
        """Write one claim."""

    def close(self) -> None:
        """Close the files."""


def exported_credit(credit_type: CreditType, claimed: Amount) -> ExportedCredit:
    """The credit that a claim claims of a type, as it is exported."""
    return ExportedCredit(
        credit_type=credit_type.code,
        label=credit_type.label,
        part_of=credit_type.part_of,
        claimed=credit_type.number(claimed),
    )


def shown(amounts: Amounts, types: Iterable[CreditType]) -> dict[str, Decimal]:
    """Amounts by type as they are exported: in units as certificates show them."""
    return {each.code: each.number(amounts[each.code]) for each in types if each.code in amounts}


def open_writer(
    folder: Path, kind: FileFormat, credit_types: Sequence[str] = (), *, confirmations: bool = False
) -> ClaimsWriter:
    """Open the files of an export in an existing folder, with confirmation numbers if asked for.

    `credit_types` are the codes of the types that get a column in tables.
    """
    if kind is FileFormat.JSON:
        excluded = set() if confirmations else {CONFIRMATION.name}
        return _JsonWriter(folder / "claims.json", excluded)
    claims = WITH_CONFIRMATION if confirmations else CLAIMS
    sheets = (with_credit(claims, credit_types), with_credit(LINES, credit_types), ANSWERS)
    files = (
        CsvWriter(folder, sheets)
        if kind is FileFormat.CSV
        else XlsxWriter(folder / "claims.xlsx", sheets)
    )
    return _TablesWriter(files, claims, credit_types)


def credit_types(claims: Iterable[ExportedClaim]) -> tuple[str, ...]:
    """The codes of all credit types in the claims, in the order in which they appear."""
    codes: dict[str, None] = {}
    for claim in claims:
        codes |= dict.fromkeys(credit.credit_type for credit in claim.credits)
        codes |= dict.fromkeys(code for line in claim.lines for code in line.credits)
    return tuple(codes)


def with_credit(sheet: Sheet, codes: Iterable[str]) -> Sheet:
    """The sheet with a column for each of these credit types at its end."""
    credit = (Column(f"credit:{code}", ColumnType.DECIMAL, 16) for code in codes)
    return replace(sheet, columns=(*sheet.columns, *credit))


def file_names(kind: FileFormat) -> tuple[str, ...]:
    """The names of the files of an export in this format."""
    return (
        tuple(f"{sheet.name}.csv" for sheet in SHEETS)
        if kind is FileFormat.CSV
        else (f"claims.{kind}",)
    )


class _TablesWriter:
    def __init__(self, files: CsvWriter | XlsxWriter, claims: Sheet, codes: Sequence[str]) -> None:
        self._files = files
        self._claims = claims
        self._codes = codes

    def add(self, claim: ExportedClaim) -> None:
        totals = {credit.credit_type: credit.claimed for credit in claim.credits}
        self._files.add("claims", (*self._claims.row(claim), *map(totals.get, self._codes)))
        for line in claim.lines:
            credit = map(line.credits.get, self._codes)
            self._files.add("lines", (claim.badge, *LINES.row(line, skip=1), *credit))
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
