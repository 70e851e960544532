"""The sheet for PARS, as a text and as a workbook, and reading back what was rejected of it."""

import csv
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from cme_reflex.domain.reporting.pars import ParsRecord, ParsRow, RecordAction
from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.reports.pars import COLUMNS, cells, file_names, write_files
from cme_reflex.formats.reports.pars_rejections import REASON_LIMIT, RejectedRow, read_rejections
from tests.support.examples import examples

RECORD = ParsRecord(
    activity_id="202412345",
    completion_date="09/29/2024",
    first_name="Elena",
    last_name="O'Brien-Núñez",
    birthday="02/29",
    state="New York",
    licence_or_npi="0071",
    credits="8.50",
    board="ABS",
    board_id="98",
    board_credits="8.50",
    credit_type="Patient Safety",
    credits_of_type="1.25",
)
PLAIN = replace(RECORD, board="", board_id="", board_credits="", credit_type="", credits_of_type="")
ROWS = (ParsRow(RecordAction.DELETE, RECORD), ParsRow(RecordAction.ADD, PLAIN))
NAMES = ("pars.xlsx", "pars.txt")
HEADINGS = [
    "Record Action",
    "ACCME Activity ID",
    "Completion Date",
    "First Name",
    "Last Name",
    "Date of Birth",
    "Licensing State",
    "Licensing ID or NPI",
    "Number of CME Credits",
    "Certifying Board",
    "Certifying Board ID",
    "Total Board Credits",
    "Credit Type ",
    "Credits Awarded for Credit Type",
    "Additional Credit Type",
]


def test_a_batch_has_its_number_in_its_files_names() -> None:
    assert file_names("pstm24", 7) == ("pstm24-pars-007.xlsx", "pstm24-pars-007.txt")


def test_the_text_has_guidance_then_the_headings_letter_for_letter(tmp_path: Path) -> None:
    write_files(tmp_path, NAMES, ROWS)
    text = (tmp_path / "pars.txt").read_bytes().decode("utf-8")
    guidance, *lines = text.split("\r\n")
    assert len(guidance.split("\t")) == 15
    learner = "202412345\t09/29/2024\tElena\tO'Brien-Núñez\t02/29\tNew York\t0071\t8.50"
    assert lines == [
        "\t".join(HEADINGS),
        f"Delete\t{learner}\tABS\t98\t8.50\tPatient Safety\t1.25\t",
        f"Add\t{learner}\t\t\t\t\t\t",
        "",
    ]


def test_the_workbook_has_a_day_and_numbers_and_texts_that_keep_their_zeros(tmp_path: Path) -> None:
    write_files(tmp_path, NAMES, ROWS)
    page = load_workbook(tmp_path / "pars.xlsx").active
    assert page is not None
    guidance, headings, deleted, added = page.iter_rows()
    assert all(isinstance(cell.value, str) for cell in guidance)
    assert [cell.value for cell in headings] == HEADINGS
    day = datetime(2024, 9, 29)  # noqa: DTZ001 - what openpyxl reads
    learner = ["202412345", day, "Elena", "O'Brien-Núñez", "02/29", "New York", "0071", 8.5]
    assert [cell.value for cell in deleted] == [
        "Delete", *learner, "ABS", "98", 8.5, "Patient Safety", 1.25, None,
    ]  # fmt: skip
    assert [cell.value for cell in added] == ["Add", *learner, *[None] * 6]
    assert (deleted[2].number_format, deleted[8].number_format) == ("mm/dd/yyyy", "0.00")


def test_the_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        write_files(tmp_path, NAMES, ROWS)
        made.append([(tmp_path / name).read_bytes() for name in NAMES])
    assert made[0] == made[1]


def answer(tmp_path: Path, name: str, *rows: list[Any]) -> Path:
    """A file as PARS may give it back."""
    path = tmp_path / name
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t" if path.suffix == ".txt" else ",").writerows(rows)
    return path


@pytest.mark.parametrize("name", ["answer.txt", "answer.csv", "answer.xlsx"])
def test_a_row_with_a_reason_was_rejected(tmp_path: Path, name: str) -> None:
    heading = [*HEADINGS, "Row", "Error Message"]
    file = answer(
        tmp_path,
        name,
        ["What PARS says"],
        heading,
        [*cells(ROWS[0]), "3", "License not found"],
        [*cells(ROWS[1]), "4", ""],
    )
    told = read_rejections(file)
    assert told.rows == (RejectedRow(3, ROWS[0], "License not found"),)
    assert (told.file, len(told.digest)) == (name, 64)


@pytest.mark.parametrize(
    ("column", "cell", "field", "read"),
    [
        ("Completion Date", datetime(2024, 9, 29), "completion_date", "09/29/2024"),  # noqa: DTZ001
        ("Completion Date", "9/29/24", "completion_date", "09/29/2024"),
        ("Completion Date", "2024-09-29", "completion_date", "09/29/2024"),
        ("Completion Date", "some day", "completion_date", "some day"),
        ("Date of Birth", "2/29", "birthday", "02/29"),
        ("Date of Birth", "29-Feb", "birthday", "02/29"),
        ("Date of Birth", datetime(2026, 2, 9), "birthday", "02/09"),  # noqa: DTZ001
        ("Licensing ID or NPI", 71, "licence_or_npi", "71"),
        ("Licensing ID or NPI", 71.0, "licence_or_npi", "71"),
        ("Number of CME Credits", 8.5, "credits", "8.50"),
        ("Number of CME Credits", "8.5", "credits", "8.50"),
        ("Number of CME Credits", "many", "credits", "many"),
        ("Record Action", "ADD", "", ""),
    ],
)
def test_changes_of_a_cell_by_spreadsheet_programs_are_undone(
    tmp_path: Path, column: str, cell: Any, field: str, read: str
) -> None:
    row: list[Any] = cells(ROWS[1])
    row[HEADINGS.index(column)] = cell
    file = answer(tmp_path, "answer.xlsx", [*HEADINGS, "Error"], [*row, "No"])
    expected = replace(PLAIN, **{field: read}) if field else PLAIN
    assert [each.row for each in read_rejections(file).rows] == [
        ParsRow(RecordAction.ADD, expected)
    ]


def test_columns_may_stand_in_any_order_and_several_reasons_are_joined(tmp_path: Path) -> None:
    heading = ["Error 1", *reversed(HEADINGS), "Error 2"]
    row = ["Licence", *reversed(cells(ROWS[0])), "x" * 400]
    (rejected,) = read_rejections(answer(tmp_path, "answer.csv", heading, row)).rows
    assert rejected.row == ROWS[0]
    assert rejected.reason == f"Licence; {'x' * 400}"[:REASON_LIMIT]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [["Name"], ["Elena"]],
            [
                (
                    "answer.csv: There is no row of headings with 'Record Action'. "
                    "Keep the headings of the sheet."
                )
            ],
        ),
        (
            [[heading for heading in HEADINGS if heading != "First Name"]],
            [
                "answer.csv, row 1, First Name: The column is missing. Keep all columns.",
                (
                    "answer.csv, row 1: No column has the reasons. "
                    'Put the reason of each rejected row in a column "Error".'
                ),
            ],
        ),
        (
            [[*HEADINGS, "Error"], ["Edit", *cells(ROWS[0])[1:], "No"]],
            [
                "answer.csv, row 2, Record Action: 'Edit' is not a record action. "
                "Write Add or Delete."
            ],
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_with_location_and_remedy(
    tmp_path: Path, rows: list[list[Any]], told: list[str]
) -> None:
    with pytest.raises(InvalidInput) as faulty:
        read_rejections(answer(tmp_path, "answer.csv", *rows))
    assert [str(problem) for problem in faulty.value.problems] == told


def test_a_file_that_is_not_a_workbook_is_reported(tmp_path: Path) -> None:
    (tmp_path / "answer.xlsx").write_text("no workbook")
    with pytest.raises(InvalidInput, match=r"not a complete Excel workbook\. Save it again"):
        read_rejections(tmp_path / "answer.xlsx")


# What `domain.reporting.learner` lets through: printable, single spaces, no sign of a formula.
words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=60)
    .filter(str.isprintable)
    .filter(lambda text: not text.startswith(("=", "+", "-", "@", '"')))
    .map(lambda text: " ".join(text.split()))
)
credit = st.integers(1, 400).map(lambda quarters: f"{quarters / 4:.2f}")
OPTIONAL = {"board", "board_id", "credit_type", "additional_type"}
PARTS: dict[str, st.SearchStrategy[str]] = {
    "activity_id": st.from_regex(r"[0-9]{9}", fullmatch=True).filter(str.isascii),
    "completion_date": st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(
        lambda day: f"{day:%m/%d/%Y}"
    ),
    "birthday": st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: f"{day:%m/%d}"),
    "credits": credit,
    "board_credits": credit | st.just(""),
    "credits_of_type": credit | st.just(""),
}
records = st.builds(
    ParsRecord,
    **{
        field.name: PARTS.get(field.name, words | st.just("") if field.name in OPTIONAL else words)
        for field in fields(ParsRecord)
    },
)


def with_errors_text(path: Path) -> Path:
    """The very file that was uploaded, with a reason behind each row."""
    guidance, heading, *rows = path.read_bytes().decode("utf-8").split("\r\n")[:-1]
    lines = [guidance, f"{heading}\tError", *(f"{row}\tNo" for row in rows)]
    path.write_text("".join(f"{line}\r\n" for line in lines), "utf-8", newline="")
    return path


def with_errors_xlsx(path: Path) -> Path:
    """The same, as staff would do it in a spreadsheet."""
    book = load_workbook(path)
    page = book.active
    assert page is not None
    page["P2"] = "Error"
    for number in range(3, (page.max_row or 2) + 1):
        page[f"P{number}"] = "No"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "with_errors"), [("pars.txt", with_errors_text), ("pars.xlsx", with_errors_xlsx)]
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(0.6),
)
@given(st.lists(st.builds(ParsRow, st.sampled_from(RecordAction), records), min_size=1, max_size=4))
def test_written_rows_are_read_back_equal(
    tmp_path: Path, name: str, with_errors: Callable[[Path], Path], rows: list[ParsRow]
) -> None:
    write_files(tmp_path, NAMES, rows)
    told = read_rejections(with_errors(tmp_path / name))
    assert [each.row for each in told.rows] == rows


def test_the_columns_are_those_that_pars_has() -> None:
    assert [column.heading for column in COLUMNS] == HEADINGS
