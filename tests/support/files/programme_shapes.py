"""Shapes of programmes that organizers publish, each made after what the comment names.

A shape is read as `lines` say, with the warnings that have the words of `told`; or it is refused
with faults that have the words of `refused`, and read after the remedy (`then` has the options,
`corrected` the file).
"""

import base64
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from cme_reflex.formats.tables.date_order import DateOrder


@dataclass(frozen=True)
class Shape:
    """A file, the options with which it is converted, and what is expected of it."""

    about: str
    name: str
    data: bytes
    lines: tuple[str, ...]
    told: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    sheet: str = ""
    refused: tuple[str, ...] = ()
    then: dict[str, Any] = field(default_factory=dict)
    corrected: bytes | None = None


MDY, DMY = {"dates": DateOrder.MONTH}, {"dates": DateOrder.DAY}
PANEL = {"eligible_kinds": frozenset({"panel"})}
IN_2030 = {"first_day": date(2030, 10, 4)}

OPENING = "S1 04 08:00–09:00 Opening"
HANDS = "S2 04 09:00–10:30 Hands"


def text(*rows: str, encoding: str = "utf-8") -> bytes:
    """A CSV file of these lines, the first with the headings."""
    return ("\r\n".join(rows) + "\r\n").encode(encoding)


def sheet(
    rows: Sequence[Sequence[Any]],
    *,
    merged: Sequence[str] = (),
    formats: dict[str, str] | None = None,
    hidden: Sequence[Sequence[Any]] = (),
    hidden_rows: Sequence[int] = (),
) -> bytes:
    """A workbook of one sheet that is shown, and of a hidden one before it."""
    book = Workbook()
    shown = book.active
    if hidden:
        draft = book.create_sheet("Draft", 0)
        draft.sheet_state = "hidden"
        for row in hidden:
            draft.append(row)
    book.active = shown
    for row in rows:
        shown.append(row)
    for each in merged:
        shown.merge_cells(each)
    for cell, number_format in (formats or {}).items():
        shown[cell].number_format = number_format
    for number in hidden_rows:
        shown.row_dimensions[number].hidden = True
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def ods(rows: Sequence[Sequence[str]]) -> bytes:
    """An OpenDocument spreadsheet of texts, with the million empty rows that LibreOffice adds."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    written = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in rows
    )
    empty = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "manifest")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Programme">{written}{empty}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest{names}/>")
    return made.getvalue()


# A workbook of Excel 97 with a hidden second sheet, as xlwt writes it; nothing here writes XLS.
XLS = zlib.decompress(
    base64.b85decode(
        b"c-rk)O-NKx6#njeZ^jw(XU3mE0~v&@Oc&9njXo29Xpv1>6d}~uJYsNu<T;CMQI^dz2!fz!BiN#i)utb6QM(p"
        b"_QA897W9@1c6tqxZ=brc8Fq(lwB`EJ3?z!ij`+v{5_nvvLXT$la2aWSsfljDcvV!mz=>(;qD}+GhmL*v?4^X"
        b"l^Y$yZ+WJtdcPb*)QNgGOg&qKj|?FCWb6Qv=HVjz<?BI}55o<mH?Idlk(d{4n`N>ym!dDSpI!?c#^J+AwVX%"
        b"}m*GVP$cd2tf6`atVG$B$1a&0JPRRNxV}`N*0*sK-m`#}}^&yRHxW%|tA@Sqhr83QU7+-EX7~Q_9u2gK}V;("
        b"4I=Q$K!d_ksnOshZO<7y9fSx#M7^@UV!vJm+Q;^pbwA{SJMY6t<+yvG++YOX(7EohcJ>F_->DynX_grl`?YJ"
        b"f+4?j8x@C=@dbJh<n>TyzXIpTT?UP@u|y^vInd(+jwZ56gZk)+WepMsvoSNP0=?-tNqx!K=vcYzpYNK`vb&~"
        b"|PhbVnII5Ws^EnLBiWcsEdvkC&s-I%b1ivr#E3{p%02VIE7Sy<kOBALwB3hZ>&Ga(&x{diprgc<@@|I}5!}L"
        b"vZohw}0LgVaZyw!IU@jHpneLeiRDfe05Mf^<v{Q0_>_xco?Y3Jh9Uj8Q0CfdZUn-WiSHy6%*HOI8!x4SE#gq"
        b"*os&Qn{BMR_O*VP3H<xw~Ua3Q1}~Qc2PZl17rx=~=Ak`GQi;x-f1CyT0I_r9JF2h34D+MS)5?D_x)##~AN)T"
        b"cZ^;AM{S81`m1byNY6k^{}@n(2Z(uv8uf}{*t?j)ppf`2M-=Rc<|ui?;xDGS>>3~j-LHaq%XhgEK*wXK9g)("
        b"96^SDS^9_Ai!|jX#!K>_t?&uAFR{ip?)O58<21U75e)M@MoRWyinB%Wde+=9^zV*PspBt|GSB}!{x39G7`*"
    )
)

HEADINGS = "Session ID,Session Title,Date,Start,End"
DAY = date(2030, 10, 4)


def _days_as_sheets() -> bytes:
    book = Workbook()
    book.active.title = "Friday"
    for each in (book.active, book.create_sheet("Saturday")):
        each.append(HEADINGS.split(","))
        each.append(("S1", "Opening", DAY, time(8), time(9)))
    return _saved(book)


def _in_1904() -> bytes:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - day 0 has no zone
    book.active.append(HEADINGS.split(","))
    book.active.append(("S1", "Opening", 46298, time(8), time(9)))
    return _saved(book)


CHICAGO = ZoneInfo("America/Chicago")


SHAPES = [
    Shape(  # exports of Excel with the regional settings of the United States
        "two digits for the year",
        *("s.csv", text(HEADINGS, "S1,Opening,10/4/30,8:00 AM,9:00 AM"), (OPENING,)),
        options=MDY,
    ),
    Shape(  # Excel shows a date that was typed as 4-Oct so
        "the month's short name, and the hour with a letter",
        *("s.csv", text(HEADINGS, "S1,Opening,4-Oct-30,8a,9a"), (OPENING,)),
    ),
    Shape(  # programme books copied to a sheet
        "the day of the week before the date",
        "s.csv",
        text(HEADINGS, 'S1,Opening,"Friday, Oct. 4th, 2030",8:00 a.m.,9:00 a.m.'),
        (OPENING,),
    ),
    Shape(  # the same, after the meeting moved by a day
        "a day of the week that is not that of the date",
        "s.csv",
        text(HEADINGS, 'S1,Opening,"Thursday, Oct. 4, 2030",08:00,09:00'),
        (OPENING,),
        refused=("row 2, Date: 'Thursday, Oct. 4, 2030' is a Friday.",),
        corrected=text(HEADINGS, 'S1,Opening,"Friday, Oct. 4, 2030",08:00,09:00'),
    ),
    Shape(  # printed programmes do not repeat the year
        "dates without a year",
        *("s.csv", text(HEADINGS, "S1,Opening,Friday October 4,08:00,09:00"), (OPENING,)),
        told=("row 2, Date: The date has no year, or is a day of the meeting. It is counted",),
        refused=("row 2, Date: 'Friday October 4' has no year.",),
        then=IN_2030,
    ),
    Shape(  # a column copied as values, or with the format General
        "serial dates, and times as fractions of a day",
        "s.csv",
        text(HEADINGS, "S1,Opening,47760,0.333333,0.375", "S2,Hands,47760,0.375,0.4375"),
        (OPENING, HANDS),
        told=("s.csv, 2 times (row 2, row 3), Date: The number is read as a spreadsheet's serial",),
    ),
    Shape(  # a workbook that was begun on an old Macintosh
        "serial dates that count from 1904",
        *("s.xlsx", _in_1904(), (OPENING,)),
        told=("row 2, Date: The number is read as a spreadsheet's serial date.",),
    ),
    Shape(  # the merged cells of one real workbook gave 177 faults
        "one date for several sessions, in a merged cell, and the kind and the room",
        "s.xlsx",
        sheet(
            [
                ("Session #", "Session", "Type", "Day", "Start", "End", "Room"),
                ("S1", "Opening", "Panel", DAY, time(8), time(9), "Hall A"),
                ("S2", "Hands", None, None, time(9), time(10, 30), None),
            ],
            merged=["C2:C3", "D2:D3", "G2:G3"],
        ),
        (f"{OPENING} @Hall A", f"{HANDS} @Hall A"),
        options=PANEL,
    ),
    Shape(  # lists of rooms for a drop-down, and last year's programme, on hidden sheets
        "a hidden sheet before the programme",
        "s.xlsx",
        sheet(
            [HEADINGS.split(","), ("S1", "Opening", DAY, time(8), time(9))],
            hidden=[HEADINGS.split(","), ("S1", "OLD", DAY, time(8), time(9))],
        ),
        (OPENING,),
        told=("Hidden sheets are not read: Draft.",),
    ),
    Shape(  # sessions that the committee filtered out
        "hidden rows",
        "s.xlsx",
        sheet(
            [
                HEADINGS.split(","),
                ("S1", "Opening", DAY, time(8), time(9)),
                ("S2", "Hands", DAY, time(9), time(10, 30)),
            ],
            hidden_rows=[3],
        ),
        (OPENING, HANDS),
        told=("The sheet has 1 hidden rows: 3.",),
    ),
    Shape(  # codes such as 0101 are numbers with a format in Excel
        "a code whose zeros are those of its format",
        "s.xlsx",
        sheet(
            [HEADINGS.split(","), (101, "Opening", DAY, time(8), time(9))],
            formats={"A2": '"P-"0000'},
        ),
        ("P-0101 04 08:00–09:00 Opening",),
    ),
    Shape(  # "CSV" of Excel in the United States and in Western Europe
        "Windows-1252, with typographic quotes",
        "s.csv",
        text(HEADINGS, "S1,L’œdème,2030-10-04,08:00,09:00", encoding="cp1252"),
        ("S1 04 08:00–09:00 L’œdème",),
        told=("The text is read as Windows-1252, such as",),
    ),
    Shape(  # "Unicode Text" of Excel: UTF-16 with tabs
        "UTF-16 with tabs",
        "s.txt",
        text(
            HEADINGS.replace(",", "\t"), "S1\tOpening\t2030-10-04\t08:00\t09:00", encoding="utf-16"
        ),
        (OPENING,),
        told=("The text is read as UTF-16.",),
    ),
    Shape(  # exports of abstract systems: one line for each presenter
        "a row for each speaker",
        "s.csv",
        text(
            f"{HEADINGS},Speaker",
            "S1,Opening,2030-10-04,08:00,09:00,Ana Roe",
            "S1,Opening,2030-10-04,08:00,09:00,Wei Lee",
        ),
        (f"{OPENING} (Ana Roe; Wei Lee)",),
        told=("row 3: The session has a row for each speaker.",),
    ),
    Shape(  # the same, typed by hand: the session stands once
        "further speakers in rows of their own",
        "s.csv",
        text(
            f"{HEADINGS},Speaker",
            "S1,Opening,2030-10-04,08:00,09:00,Ana Roe",
            ",,,,,Wei Lee",
        ),
        (f"{OPENING} (Ana Roe; Wei Lee)",),
        told=("row 3: The row has speakers and no session. They are of the session above it.",),
    ),
    Shape(  # agendas on web pages, pasted into a sheet
        "the day above its sessions, and both times in one cell",
        "s.csv",
        text(
            "Code,Title,Time",
            '"Friday, October 4, 2030",,',
            "S1,Opening,8:00–9:00 am",
            "S2,Hands,9-10:30 am",
            "S3,Lunch Symposium on Flaps,11:30 am – 1:00 pm",
            "S4,To Midnight,22:00 to 24:00",
        ),
        (
            *(OPENING, HANDS, "S3 04 11:30–13:00 Lunch Symposium on Flaps"),
            "S4 04 22:00–00:00 To Midnight",
        ),
    ),
    Shape(  # footnotes and a total of hours below the table
        "notes and totals",
        "s.csv",
        text(
            "2030 Annual Meeting,,,,",
            HEADINGS,
            "S1,Opening,2030-10-04,08:00,09:00",
            "* Subject to change,,,,",
            ",Total,,,",
        ),
        (OPENING,),
        told=("s.csv, 2 times (row 4, row 5): The row has no time, and no code or title",),
    ),
    Shape(  # German and French Excel: semicolons and decimal commas
        "decimal commas",
        "s.csv",
        text(
            "Code;Title;Start;End;Credits",
            "S1;Opening;04.10.2030 08:00;04.10.2030 09:00;0,75",
        ),
        (f"{OPENING} =0.75",),
        options=DMY,
    ),
    Shape(  # an accreditation office's list: not all sessions are certified
        "no credit in words",
        "s.csv",
        text(
            f"{HEADINGS},CME Hours",
            "S1,Opening,2030-10-04,08:00,09:00,N/A",
            "S2,Hands,2030-10-04,09:00,10:30,1.5 hrs",
            "S3,Faces,2030-10-04,11:00,12:00,–",
        ),
        (f"{OPENING} =0.00 not", f"{HANDS} =1.50", "S3 04 11:00–12:00 Faces =0.00 not"),
        options={"all_eligible": False},
    ),
    Shape(  # a list for the printer: credit is yes or no, and there are no dates
        "credit as yes and no, and days of the week of the meeting",
        "s.csv",
        text(
            "Session #,Session,Day,Time,CME",
            "1,Opening,Friday,7:30–8:00 am,No",
            "2,Panel,Friday,12:00 noon - 1:00 pm,1.00",
            "3,Flaps,Day 2,1 pm to 2:15 pm,Yes",
        ),
        (
            "1 04 07:30–08:00 Opening =0.00 not",
            *("2 04 12:00–13:00 Panel =1.00", "3 05 13:00–14:15 Flaps"),
        ),
        told=(
            "s.csv, 3 times (row 2, row 3, row 4), Day: The date has no year, or is a day of the",
            "row 4: The session is eligible and has no credit in the file.",
        ),
        options={"all_eligible": False, **IN_2030},
    ),
    Shape(  # the speakers' home times, in a list for a webinar
        "a time in another zone than the meeting's",
        "s.csv",
        text("Code,Title,Date,Start,End", "S1,Opening,2030-10-04,9:00 AM ET,10:00 AM"),
        (OPENING,),
        refused=("row 2, Start: '9:00 AM ET' is not in the time zone of --zone, or is no time.",),
        corrected=text(HEADINGS, "S1,Opening,,2030-10-04T09:00-04:00,2030-10-04T10:00-04:00"),
    ),
    Shape(  # the same list before the office has decided
        "credit that is to be announced",
        "s.csv",
        text(f"{HEADINGS},CME Hours", "S1,Opening,2030-10-04,08:00,09:00,TBD"),
        (f"{OPENING} =0.00 not",),
        refused=(
            "'TBD' does not say whether the session gives Category 1. Write the amount, or N/A",
        ),
        corrected=text(f"{HEADINGS},CME Hours", "S1,Opening,2030-10-04,08:00,09:00,N/A"),
    ),
    Shape(  # everything of the week in one list, of one kind
        "registration, exhibits, receptions, committees and sponsored items in titles",
        "s.csv",
        text(
            HEADINGS,
            "A,Registration Desk Open,2030-10-04,07:00,08:00",
            "B,Lunch with Exhibitors,2030-10-04,12:00,13:00",
            "C,Welcome Reception,2030-10-04,18:00,19:00",
            "D,Ethics Committee Meeting,2030-10-04,13:00,14:00",
            "E,Robots (Sponsored by Example Inc.),2030-10-04,14:00,15:00",
            "F,Breaking Bad News,2030-10-04,15:00,16:00",
        ),
        (
            *(
                "A 04 07:00–08:00 Registration Desk Open not",
                "B 04 12:00–13:00 Lunch with Exhibitors not",
            ),
            *("D 04 13:00–14:00 Ethics Committee Meeting not",),
            "E 04 14:00–15:00 Robots (Sponsored by Example Inc.) not",
            *("F 04 15:00–16:00 Breaking Bad News", "C 04 18:00–19:00 Welcome Reception not"),
        ),
        told=("s.csv, 5 times (row 2, row 3, row 5 …), title: The title is that of a meal,",),
    ),
    Shape(  # any list without a column of credit
        "a kind that nobody has decided",
        "s.csv",
        text(f"{HEADINGS},Type", "S1,Opening,2030-10-04,08:00,09:00,Panel"),
        (OPENING,),
        options={"all_eligible": False},
        refused=(
            "s.csv, kind: Nobody has said whether 'Panel' is eligible: 1 session, 1.00 hours.",
        ),
        then=PANEL,
    ),
    Shape(  # LibreOffice
        "an OpenDocument spreadsheet",
        "s.ods",
        ods([HEADINGS.split(","), ("S1", "Opening", "2030-10-04", "08:00", "09:00")]),
        (OPENING,),
    ),
    Shape(  # systems that still write Excel 97
        "an old workbook",
        *("s.xls", XLS, ("101 04 08:00–09:30 Flaps",)),
        told=("Hidden sheets are not read: Old.",),
    ),
    Shape(  # systems that call a web page a workbook, because Excel opens it
        "a web page with the name of a workbook",
        "s.xls",
        b"<html><body><table><tr><td>Session ID</td></tr></table></body></html>",
        (OPENING,),
        refused=(
            "s.xls: This is a web page or XML, whatever its name says. Open it in a spreadsheet",
        ),
        corrected=text(HEADINGS, "S1,Opening,2030-10-04,08:00,09:00"),
    ),
    Shape(  # a workbook with a sheet a day
        "several sheets",
        "s.xlsx",
        _days_as_sheets(),
        (OPENING,),
        refused=("There are several sheets: Friday, Saturday. Name one: --sheet 'Friday'.",),
        sheet="Friday",
    ),
    Shape(  # the zone is in the heading or after each time, because people travel
        "times with the name of their zone",
        "s.csv",
        text("Code,Title,Date,Start (CT),End (CT)", "S1,Opening,2030-10-04,8:00 AM CT,9:00 AM CDT"),
        (OPENING,),
    ),
    Shape(  # the military writes four digits; others hours and minutes of a duration in words
        "four digits, and a duration in words",
        "s.csv",
        text(
            "Code,Title,Date,Start,Length",
            "S1,Opening,20301004,0800,1 hour",
            "S2,Hands,2030/10/04,0900,1 hr 30 min",
        ),
        (OPENING, HANDS),
    ),
    Shape(  # a code that went through a program that reads CSV as numbers
        "codes that became numbers",
        "s.csv",
        text(HEADINGS, "2.4E+11,Opening,2030-10-04,08:00,09:00"),
        (OPENING,),
        refused=("'2.4E+11' is a number that a spreadsheet program has changed.",),
        corrected=text(HEADINGS, "S1,Opening,2030-10-04,08:00,09:00"),
    ),
    Shape(  # a row copied to another day, of which only the date was changed
        "a start that is not on the row's date",
        "s.csv",
        text(HEADINGS, "S1,Opening,2030-10-04,2030-10-05 08:00,2030-10-05 09:00"),
        (OPENING,),
        refused=("row 2, Start: '2030-10-05 08:00' is not on 2030-10-04, which the row has",),
        corrected=text(HEADINGS, "S1,Opening,2030-10-04,2030-10-04 08:00,2030-10-04 09:00"),
    ),
    Shape(  # small meetings write 1:00 for the afternoon
        "an afternoon without pm",
        "s.csv",
        text(HEADINGS, "S1,Opening,2030-10-04,1:00,2:00"),
        ("S1 04 01:00–02:00 Opening",),
        told=("row 2, Start: A start before 6:00 has no am or pm, and is read as in the night.",),
    ),
    Shape(  # the same as XML, after a day whose events are in rooms
        "events of a day without a room",
        "s.xml",
        b"<schedule><day date='2030-10-04'><room name='Hall A'><event id='S1'>"
        b"<title>Opening</title><date>2030-10-04T08:00:00-05:00</date><duration>01:00</duration></event></room></day>"
        b"<day date='2030-10-05'><event id='S3'><title>Faces</title><date>2030-10-05T08:00:00-05:00"
        b"</date><duration>01:00</duration></event></day></schedule>",
        (f"{OPENING} @Hall A", "S3 05 08:00\u201309:00 Faces"),
    ),
    Shape(  # the c3voc's schema: events listed by day
        "a schedule of version 2",
        "s.json",
        b'{"schedule": {"conference": {"time_zone_name": "America/Chicago", "days": [{"date": '
        b'"2030-10-04", "events": [{"guid": "S1", "title": "Opening", "room": "Hall A", "date": '
        b'"2030-10-04T08:00:00-05:00", "start": "08:00", "duration": "01:00", "persons": '
        b'[{"name": "Ana Roe"}]}]}]}}}',
        (f"{OPENING} @Hall A (Ana Roe)",),
    ),
]
