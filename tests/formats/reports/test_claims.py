"""Claims that leave as files are read back equal, and no cell of theirs is a formula."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pydantic import TypeAdapter

from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.formats.reports.claims_export import (
    SHEETS,
    WITH_CONFIRMATION,
    ExportedAnswer,
    ExportedClaim,
    ExportedCredit,
    ExportedLine,
    credit_types,
    file_names,
    open_writer,
    with_credit,
)
from cme_reflex.formats.reports.file_format import FileFormat
from tests.support.files.written_tables import read_csv, read_xlsx, record

AT = datetime(2024, 9, 26, 15, tzinfo=UTC)
# What a database can hold: everything but NUL and halves of a character.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
dangerous = st.sampled_from("=+-@'\t\r").flatmap(lambda sign: texts.map(lambda text: sign + text))
words = texts | dangerous | st.sampled_from(["_x000B_", "\r\n", "\n=1", "'", "''=1", " ", "_"])
keys = st.text("abcdef_", min_size=1, max_size=5)
amounts = st.integers(0, 240).map(lambda quarters: Decimal(quarters * 25).scaleb(-2))

# Tables have the types' codes alone, in the order in which they appear.
TYPES = {
    each.credit_type: each
    for each in (
        ExportedCredit(
            credit_type="category1", label="Category 1", part_of=None, claimed=Decimal("1.50")
        ),
        ExportedCredit(
            credit_type="safety",
            label="Patient Safety",
            part_of="category1",
            claimed=Decimal("0.25"),
        ),
        ExportedCredit(credit_type="ancc", label="Hours", part_of=None, claimed=Decimal("0.75")),
    )
}


def in_order(credits_: dict[str, Decimal]) -> dict[str, Decimal]:
    """The credit in the order of the meeting's types, as claims have it."""
    return {code: credits_[code] for code in TYPES if code in credits_}


credit = st.dictionaries(st.sampled_from([*TYPES]), amounts).map(in_order)
instants = st.datetimes(timezones=st.just(UTC))
answers = (
    st.booleans()
    | st.integers(1, 10)
    | words.filter(bool)
    | st.lists(words.filter(bool), min_size=1, max_size=3, unique=True).map(tuple)
)

lines = st.builds(
    ExportedLine,
    session=keys,
    title=words,
    starts_at=instants,
    ends_at=instants,
    watched=st.sampled_from(["live", "on demand"]),
    minutes=st.integers(0, 1_440),
    credits=credit,
)
given_answers = st.builds(ExportedAnswer, session=keys | st.just(""), question=keys, answer=answers)
claims = st.builds(
    ExportedClaim,
    badge=keys,
    confirmation=words,
    last_name=words,
    first_name=words,
    suffix=words,
    name_on_certificate=words,
    email=words,
    profession=st.sampled_from(["physician", "other"]),
    registration_type=words,
    status=st.sampled_from(["draft", "submitted", "reopened"]),
    version=st.none() | st.integers(1, 9),
    receipt=words,
    submitted_at=st.none() | instants,
    credits=credit.map(
        lambda claimed: tuple(replace(TYPES[code], claimed=claimed[code]) for code in claimed)
    ),
    lines=st.lists(lines, max_size=3).map(tuple),
    answers=st.lists(
        given_answers, max_size=3, unique_by=lambda each: (each.session, each.question)
    ).map(tuple),
)


def claim(**changed: object) -> ExportedClaim:
    """A submitted claim with one line and one answer."""
    line = ExportedLine(
        session="S1",
        title="Session 1",
        starts_at=AT,
        ends_at=AT,
        watched="live",
        minutes=90,
        credits={"category1": Decimal("1.50")},
    )
    values = {
        "badge": "101",
        "confirmation": "C101",
        "last_name": "Núñez",
        "first_name": "Kim",
        "suffix": "",
        "name_on_certificate": "Kim Núñez",
        "email": "",
        "profession": "physician",
        "registration_type": "full",
        "status": "submitted",
        "version": 1,
        "receipt": "M-AAAA-BBBB",
        "submitted_at": AT,
        "credits": (TYPES["category1"], TYPES["safety"]),
        "lines": (line,),
        "answers": (ExportedAnswer(session="", question="change", answer=True),),
    }
    return ExportedClaim(**{**values, **changed})  # type: ignore[arg-type]


def write(
    folder: Path, kind: FileFormat, *claims: ExportedClaim, confirmations: bool = False
) -> None:
    files = open_writer(folder, kind, credit_types(claims), confirmations=confirmations)
    for each in claims:
        files.add(each)
    files.close()


def read(folder: Path, kind: FileFormat, codes: Sequence[str]) -> tuple[ExportedClaim, ...]:
    """The claims that `open_writer` wrote there, with confirmation numbers."""
    claims_, lines_, answers_ = (WITH_CONFIRMATION, *SHEETS[1:])
    sheets = (with_credit(claims_, codes), with_credit(lines_, codes), answers_)
    if kind is FileFormat.JSON:
        text = (folder / "claims.json").read_bytes()
        return TypeAdapter(tuple[ExportedClaim, ...]).validate_json(text)
    if kind is FileFormat.XLSX:
        tables = [read_xlsx(folder / "claims.xlsx", sheet) for sheet in sheets]
    else:
        tables = [read_csv(folder / f"{sheet.name}.csv", sheet) for sheet in sheets]
    claims, lines, answers = (
        [record(sheet, row) for row in rows] for sheet, rows in zip(sheets, tables, strict=True)
    )
    lines_of, answers_of = _by_badge(lines), _by_badge(answers)
    return tuple(
        ExportedClaim(
            **_without_credit(claim),
            credits=tuple(
                replace(TYPES[code], claimed=claimed) for code, claimed in _credit(claim).items()
            ),
            lines=tuple(
                ExportedLine(**_without_credit(line), credits=_credit(line))
                for line in lines_of[claim["badge"]]
            ),
            answers=tuple(_answers(answers_of[claim["badge"]])),
        )
        for claim in claims
    )


def _credit(row: dict[str, Any]) -> dict[str, Decimal]:
    names = (name for name in row if name.startswith("credit:"))
    found = {name.removeprefix("credit:"): row[name] for name in names}
    return in_order({code: amount for code, amount in found.items() if amount is not None})


def _without_credit(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in row if not name.startswith("credit:")}


def _answers(rows: Iterable[dict[str, Any]]) -> Iterator[ExportedAnswer]:
    texts: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in rows:
        texts[row["session"], row["question"], row["kind"]].append(row["answer"])
    for (session, question, kind), found in texts.items():
        yield ExportedAnswer(session=session, question=question, answer=_answer(kind, found))


def _answer(kind: str, texts: Sequence[str]) -> Answer:
    match kind:
        case "yes_no":
            return texts[0] == "yes"
        case "scale":
            return int(texts[0])
        case "some_of":
            return tuple(texts)
    return texts[0]


def _by_badge(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["badge"]].append({name: row[name] for name in row if name != "badge"})
    return found


@pytest.mark.parametrize("kind", list(FileFormat))
@given(exported=st.lists(claims, max_size=3, unique_by=lambda each: each.badge).map(tuple))
def test_exported_claims_are_read_back_equal(
    kind: FileFormat, exported: tuple[ExportedClaim, ...]
) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), kind, *exported, confirmations=True)
        assert read(Path(folder), kind, credit_types(exported)) == exported


@pytest.mark.parametrize("kind", list(FileFormat))
def test_the_same_claims_make_the_same_bytes(kind: FileFormat, tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, kind, claim(), claim(badge="102"))
        made.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert made[0] == made[1]


def test_the_csv_file_has_the_values_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    write(tmp_path, FileFormat.CSV, claim(last_name="=HYPERLINK(1)"))
    assert {path.name: path.read_text("utf-8-sig") for path in tmp_path.iterdir()} == {
        "claims.csv": (
            "badge,last_name,first_name,suffix,name_on_certificate,email,profession,"
            "registration_type,status,version,receipt,submitted_at,credit:category1,"
            "credit:safety\n"
            "101,'=HYPERLINK(1),Kim,,Kim Núñez,,physician,full,submitted,1,M-AAAA-BBBB,"
            "2024-09-26T15:00:00+00:00,1.50,0.25\n"
        ),
        "lines.csv": (
            "badge,session,title,starts_at,ends_at,watched,minutes,credit:category1,credit:safety\n"
            "101,S1,Session 1,2024-09-26T15:00:00+00:00,2024-09-26T15:00:00+00:00,live,90,1.50,\n"
        ),
        "answers.csv": "badge,session,question,kind,answer\n101,,change,yes_no,yes\n",
    }


@pytest.mark.parametrize("kind", list(FileFormat))
def test_confirmation_numbers_are_written_only_where_they_are_asked_for(
    kind: FileFormat, tmp_path: Path
) -> None:
    for asked in (False, True):
        folder = tmp_path / str(asked)
        folder.mkdir()
        write(folder, kind, claim(), confirmations=asked)
        file = folder / file_names(kind)[0]
        if kind is FileFormat.XLSX:
            written = str([*load_workbook(file)["claims"].iter_rows(values_only=True)])
        else:
            written = file.read_text("utf-8-sig")
        assert ("C101" in written, "confirmation" in written) == (asked, asked)


@pytest.mark.parametrize(
    "text", ["＝1", "＋1", "－1", "＠A1", "|calc", "\t=1", "\r=1", " =1", "\u200b=1"]
)
def test_a_sign_of_any_width_is_escaped_in_csv(tmp_path: Path, text: str) -> None:
    write(tmp_path, FileFormat.CSV, claim(last_name=text))
    with (tmp_path / "claims.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["last_name"] == f"'{text}"


def test_the_workbook_has_numbers_for_hours_and_no_formula(tmp_path: Path) -> None:
    texts = {"last_name": '=cmd|"/c calc"!A1', "first_name": "+1", "name_on_certificate": " ＝1"}
    write(tmp_path, FileFormat.XLSX, claim(**texts))
    book = load_workbook(tmp_path / "claims.xlsx")
    assert book.sheetnames == ["claims", "lines", "answers"]
    cells = {head.value: cell for head, cell in zip(*book["claims"].iter_rows(), strict=True)}
    assert (cells["last_name"].data_type, cells["last_name"].value) == ("s", '=cmd|"/c calc"!A1')
    assert cells["first_name"].data_type == "s"
    # A cell that is edited remains a text.
    quoted = [name for name, cell in cells.items() if cell.quotePrefix]
    assert quoted == ["last_name", "first_name", "name_on_certificate"]
    assert (cells["credit:safety"].value, cells["credit:safety"].number_format) == (0.25, "0.00")
    assert book["claims"].freeze_panes == "A2"


def test_the_json_names_the_credit_types_and_gives_numbers(tmp_path: Path) -> None:
    write(tmp_path, FileFormat.JSON, claim())
    text = (tmp_path / "claims.json").read_text("utf-8")
    assert (
        '{"credit_type":"safety","label":"Patient Safety","part_of":"category1","claimed":0.25}'
        in text
    )
    assert '"answers":[{"session":"","question":"change","answer":true}]' in text
