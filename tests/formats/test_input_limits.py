"""Bounds of the files that staff load: what is refused, and how much of it was read before.

Each file is small or valid otherwise, and would take hours or gigabytes. The meter's counts show
the work: a reader stops at the first thing too many.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import InputMeter, Limit
from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from cme_reflex.formats.programmes.convert import convert_programme
from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeOptions, Reader
from cme_reflex.formats.programmes.readers import icalendar, schedule_json, schedule_xml
from cme_reflex.formats.reports.pars_rejections import read_rejections
from cme_reflex.formats.tables.csv_table import csv_records
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.spreadsheet import Spreadsheet
from cme_reflex.settings import ROOT
from tests.support.files.programme_files import workbook

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STYLES, SHEET, STRINGS = "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
GOOD = [["Code", "Title"], ["1", "Flaps"]]


def changed(part: str, text: str) -> bytes:
    """A good workbook with another content of one of its parts."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(GOOD))) as whole,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in {*whole.namelist(), part}:
            target.writestr(name, text if name == part else whole.read(name))
    return made.getvalue()


def sheet(rows: str, after: str = "") -> bytes:
    return changed(
        SHEET, f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    )


def cell(text: str, at: str = "A1") -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def refused(limit: Limit, row: int | None = None) -> str:
    return str(limit.problem("s.xlsx", row))


def problem_of(read: Callable[[], object]) -> str:
    with pytest.raises(InvalidInput) as caught:
        read()
    [problem] = caught.value.problems
    return str(problem)


# Each with the limit that it exceeds, and the row that is named.
WORKBOOKS: dict[str, tuple[Callable[[], bytes], Limit, int | None]] = {
    "a row number": (
        lambda: sheet(f'<row r="900000000">{cell("x")}</row>'),
        input_limits.ROW_NUMBER,
        None,
    ),
    "a row number with an exponent": (
        lambda: sheet(f'<row r="9e8">{cell("x")}</row>'),
        input_limits.ROW_NUMBER,
        None,
    ),
    "two million rows": (lambda: sheet("<row/>" * 2_000_000), input_limits.ROWS, None),
    "a million fonts": (
        lambda: changed(
            STYLES, f'<styleSheet xmlns="{NAMESPACE}"><fonts>{"<font/>" * 1_000_000}</fonts>'
        ),
        input_limits.STYLES,
        None,
    ),
    "merged ranges": (
        lambda: sheet("", f"<mergeCells>{'<mergeCell/>' * 200_000}</mergeCells>"),
        input_limits.STYLES,
        None,
    ),
    "texts": (
        lambda: changed(STRINGS, f'<sst xmlns="{NAMESPACE}">{"<si/>" * 600_000}</sst>'),
        input_limits.SHARED_STRINGS,
        None,
    ),
    "cells": (lambda: sheet(f"<row>{'<c/>' * 2_000_001}</row>"), input_limits.CELLS, None),
    "cells that the file leaves out": (
        lambda: sheet(
            "".join(f'<row r="{n}">{cell("x", f"XFD{n}")}</row>' for n in range(1, 10_001))
        ),
        input_limits.COLUMNS,
        1,
    ),
    "empty cells far to the right": (
        lambda: sheet("".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(1, 10_001))),
        input_limits.CELLS,
        122,
    ),
    "a huge cell": (
        lambda: sheet(f"<row>{cell('x' * 40_000)}</row>"),
        input_limits.CELL_CHARACTERS,
        1,
    ),
    "one text in very many cells": (
        lambda: sheet(f"<row>{cell('x' * 30_000)}</row>" * 1_500),
        input_limits.CHARACTERS,
        1_334,
    ),
    "nesting": (lambda: sheet("<a>" * 5_000 + "</a>" * 5_000), input_limits.DEPTH, None),
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_small_workbook_that_asks_for_much_is_refused_before_it_gets_it(name: str) -> None:
    data, limit, row = WORKBOOKS[name]
    source = InputFile("s.xlsx", data())
    assert len(source.data) < 1_000_000
    assert problem_of(lambda: Spreadsheet(source)) == refused(limit, row)
    for counted, number in source.meter.counts.items():
        most = max(counted.maximum, 0) + (30_000 if counted is input_limits.CHARACTERS else 16_384)
        assert number <= most, counted


def test_a_part_is_counted_whatever_its_name() -> None:
    rows = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{"<row/>" * 200_001}</sheetData></worksheet>'
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(GOOD))) as whole,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in whole.namelist():
            text = whole.read(name).decode().replace("sheet1.xml", "sheet1.png")
            target.writestr(
                name.replace("sheet1.xml", "sheet1.png"), rows if name == SHEET else text
            )
    source = InputFile("s.xlsx", made.getvalue())
    assert problem_of(lambda: Spreadsheet(source)) == refused(input_limits.ROWS)


def test_elements_within_cells_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = replace(input_limits.XML_ELEMENTS, maximum=1_000)
    monkeypatch.setattr(input_limits, "XML_ELEMENTS", limit)
    source = InputFile("s.xlsx", sheet(f"<row><c>{'<v/>' * 100_000}</c></row>"))
    assert problem_of(lambda: Spreadsheet(source)) == refused(limit)
    assert source.meter.counts[limit] == 1_001


def test_a_row_at_the_end_of_the_sheet_costs_nothing() -> None:
    source = InputFile("s.xlsx", sheet(f'<row>{cell("a")}</row><row r="1048576">{cell("b")}</row>'))
    assert Spreadsheet(source).rows == [(1, ["a"]), (1_048_576, ["b"])]
    assert source.meter.counts[input_limits.ROWS] == 2


def test_a_workbook_with_many_parts_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(input_limits.PARTS.maximum + 1):
            archive.writestr(f"{number}.xml", "<a/>")
    source = InputFile("s.xlsx", made.getvalue())
    assert problem_of(lambda: Spreadsheet(source)) == refused(input_limits.PARTS)
    assert source.meter.counts[input_limits.STYLES] == 0


def test_a_workbook_that_unpacks_to_very_much_is_not_unpacked() -> None:
    source = InputFile("s.xlsx", changed(STYLES, " " * (input_limits.UNPACKED_BYTES.maximum + 1)))
    assert problem_of(lambda: Spreadsheet(source)) == refused(input_limits.UNPACKED_BYTES)


@pytest.mark.parametrize("data", [*(WORKBOOKS[name][0] for name in list(WORKBOOKS)[:5])])
def test_rejections_have_the_same_limits(data: Callable[[], bytes], tmp_path: Path) -> None:
    (tmp_path / "s.xlsx").write_bytes(data())
    problem = problem_of(lambda: read_rejections(tmp_path / "s.xlsx"))
    assert problem in {refused(limit, row) for _, limit, row in WORKBOOKS.values()}


@pytest.mark.parametrize(
    ("text", "limit", "row"),
    [
        ("\n" * 8_000_000, input_limits.ROWS, 200_001),
        ("a,b\n" * 4_000_000, input_limits.ROWS, 200_001),
        (("," * 900 + "\n") * 3_000, input_limits.CELLS, 2_220),
        ("a," * 1_001, input_limits.COLUMNS, 1),
        ("a\n" + "x" * 40_000, input_limits.CELL_CHARACTERS, 2),
        ("a\n" + "x" * 400_000, input_limits.CELL_CHARACTERS, 2),
    ],
)
def test_a_csv_file_is_read_as_far_as_its_limits(text: str, limit: Limit, row: int) -> None:
    meter = InputMeter("s.xlsx")
    read = iter(csv_records(meter, text))
    assert problem_of(lambda: list(read)) == refused(limit, row)
    assert meter.counts[input_limits.ROWS] <= 200_001
    assert meter.counts[input_limits.CELLS] <= 2_001_000


def json(text: str) -> bytes:
    return f'{{"schedule":{{"conference":{{"days":{text}}}}}}}'.encode()


def ics(lines: str) -> bytes:
    return f"BEGIN:VCALENDAR\n{lines}\nEND:VCALENDAR".encode()


SCHEDULES: list[tuple[Reader, bytes, Limit, int | None]] = [
    (schedule_xml.read, b"<schedule>" + b"<a>" * 200_000, input_limits.DEPTH, None),
    (schedule_xml.read, b"<schedule>" + b"<a/>" * 1_100_000, input_limits.SCHEDULE_ELEMENTS, None),
    (schedule_json.read, json("[" * 1_000), input_limits.DEPTH, None),
    (schedule_json.read, json('[{"a":' * 1_000), input_limits.DEPTH, None),
    (schedule_json.read, json("[" + "[]," * 3_000_000), input_limits.JSON_VALUES, None),
    (schedule_json.read, json("[" + "0," * 3_000_000), input_limits.JSON_VALUES, None),
    (icalendar.read, ics("X:1\n" * 1_000_000), input_limits.CALENDAR_LINES, 300_001),
    (icalendar.read, ics("BEGIN:X\n" * 1_000 + "END:X\n" * 1_000), input_limits.DEPTH, 101),
    (
        icalendar.read,
        ics("RDATE:" + "20240926T080000Z," * 300_001),
        input_limits.CALENDAR_LINES,
        2,
    ),
]


@pytest.mark.parametrize(("read", "data", "limit", "row"), SCHEDULES)
def test_a_schedule_is_read_as_far_as_its_limits(
    read: Reader, data: bytes, limit: Limit, row: int | None
) -> None:
    source = InputFile("s.xlsx", data)
    log = ConversionLog(source.name)
    assert problem_of(
        lambda: list(read(source, ProgrammeOptions(all_eligible=True), log))
    ) == refused(limit, row)
    for counted, number in source.meter.counts.items():
        assert number <= counted.maximum + 300_001, counted


def test_signs_within_json_strings_are_not_counted() -> None:
    prose = json('[{"rooms": {"A": []}, "about": "' + '[{,\\\\\\"' * 100_000 + '"}]')
    source = InputFile("s.json", prose)
    assert (
        list(
            schedule_json.read(source, ProgrammeOptions(all_eligible=True), ConversionLog("s.json"))
        )
        == []
    )
    assert source.meter.counts[input_limits.JSON_VALUES] == 8


def test_a_key_that_comes_twice_is_found_in_linear_time() -> None:
    keys = ",".join(f'"{number}":0' for number in range(200_000))
    source = InputFile("s.json", f'{{{keys},"199999":0}}'.encode())
    read = schedule_json.read(source, ProgrammeOptions(all_eligible=True), ConversionLog("s.json"))
    assert "'199999' appears twice" in problem_of(lambda: list(read))


def test_events_that_repeat_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(input_limits, "EVENTS", replace(input_limits.EVENTS, maximum=20))
    event = (
        "BEGIN:VEVENT\nUID:{}\nSUMMARY:Flaps\nDTSTART:20240926T080000Z\nDURATION:PT1H\n"
        "RRULE:FREQ=DAILY;COUNT=8\nEND:VEVENT"
    )
    (tmp_path / "s.ics").write_bytes(ics("\n".join(map(event.format, range(4)))))
    problem = problem_of(
        lambda: convert_programme(tmp_path / "s.ics", ProgrammeOptions(all_eligible=True))
    )
    assert problem == str(input_limits.EVENTS.problem("s.ics"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = " + "[" * 50_000, ""),
        ("a = 1\n[" + ".".join("a" * 100_000) + "]", ", row 2"),
        ("b" + '. "b"' * 100_000 + " = 1", ", row 1"),
    ],
)
def test_a_deeply_nested_meeting_is_refused(text: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "meeting.toml").write_text(text)
    problem = problem_of(lambda: read_meeting(tmp_path / "meeting.toml"))
    fault = "The file is nested more than 100 levels deep. Check its structure."
    assert problem == f"meeting.toml{place}: {fault}"


def test_a_file_of_faults_only_is_told_in_part(tmp_path: Path) -> None:
    rows = "1,,x,x,x,x\n" * 20_000
    (tmp_path / "s.csv").write_text(f"Code,Title,Start,End,Eligible,Category 1 Hours\n{rows}")
    with pytest.raises(InvalidInput) as caught:
        convert_programme(tmp_path / "s.csv", ProgrammeOptions(all_eligible=True))
    *first, last = caught.value.problems
    assert len(first) == input_limits.FAULTS.maximum
    assert str(last) == (
        "s.csv: The file has more than 10,000 faults; the others are not listed. "
        "Correct these first."
    )


def test_a_file_is_read_for_a_time_and_no_longer() -> None:
    times: Iterator[float] = iter([0.0, 1.0, 120.0, 120.5])
    meter = InputMeter("s.csv", clock=lambda: next(times))
    records = csv_records(meter, "a\nb\nc\n")
    assert next(records) == (1, ["a"])
    fault = "Reading the file takes more than 120 seconds."
    assert problem_of(lambda: list(records)).startswith(f"s.csv, row 2: {fault}")


def test_each_limit_has_a_figure_a_remedy_and_a_place_in_the_documentation() -> None:
    limits = [value for value in vars(input_limits).values() if isinstance(value, Limit)]
    assert len(limits) > 15
    docs = (ROOT / "docs" / "programmes.md").read_text("utf-8")
    for limit in limits:
        assert f"{limit.maximum:,}" in str(limit.problem("f"))
        assert limit.remedy.endswith(".")
        assert f"{limit.maximum:,}" in docs.partition("## Limits")[2].partition("## Prog")[0]


@pytest.mark.parametrize(
    ("element", "limit", "row"),
    [
        (
            '<table:table-row table:number-rows-repeated="9999999"><table:table-cell '
            'office:value-type="string"/></table:table-row>',
            input_limits.ROW_NUMBER,
            None,
        ),
        (
            '<table:table-row><table:table-cell table:number-columns-repeated="9999999" '
            'office:value-type="string"/></table:table-row>',
            input_limits.COLUMNS,
            1,
        ),
        (
            '<table:table-row table:number-rows-repeated="9999"><table:table-cell '
            'table:number-columns-repeated="999" office:value-type="string"/></table:table-row>',
            input_limits.CELLS,
            9999,
        ),
    ],
)
def test_cells_that_an_opendocument_repeats_are_counted_before_they_are_read(
    element: str, limit: Limit, row: int | None
) -> None:
    content = f"<a xmlns:office='o' xmlns:table='t'><table:table>{element}</table:table></a>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    source = InputFile("s.xlsx", made.getvalue())
    assert problem_of(lambda: Spreadsheet(source)) == refused(limit, row)
