"""What is odd in programmes that others publish, format by format."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cme_reflex.domain.credit.credit_type import CreditType, CreditTypes
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.programmes.convert import ConversionResult, convert_programme
from cme_reflex.formats.programmes.headings import HEADINGS, credit_headings
from cme_reflex.formats.programmes.items import NO_TYPES, ProgrammeItem, ProgrammeOptions
from cme_reflex.formats.programmes.summary import ProgrammeSummary, summarize_programme
from cme_reflex.formats.programmes.writer import to_sessions_csv
from cme_reflex.formats.tables.date_order import DateOrder
from tests.support.files.broken_files import SERIES, calendar, event, schedule, table
from tests.support.files.programme_files import Event, schedule_json, schedule_xml, workbook
from tests.support.files.published_programmes import published_programme
from tests.support.values.credit_types import TYPES

BRUSSELS, CHICAGO = ZoneInfo("Europe/Brussels"), ZoneInfo("America/Chicago")
ALL_HEADINGS = HEADINGS | credit_headings(TYPES)
EIGHT = datetime(2024, 9, 26, 8, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def convert(folder: Path, name: str, data: bytes | str, **choices: Any) -> ConversionResult:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    options = ProgrammeOptions(**{"credit_types": TYPES, "all_eligible": True, **choices})
    return convert_programme(folder / name, options)


def convert_one(folder: Path, name: str, data: bytes | str, **choices: Any) -> ProgrammeItem:
    (item,) = convert(folder, name, data, **choices).sessions
    return item


def warning_messages(of: ConversionResult) -> list[str]:
    return [str(warning) for warning in of.warnings]


def fault_messages(folder: Path, name: str, data: bytes | str, **choices: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        convert(folder, name, data, **choices)
    return [str(problem) for problem in caught.value.problems]


# The real ones: figures that were computed independently of this project.


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("fosdem2025.xml", (943, 2, 29, 28, 5, 90, 18.00, 391.42, 18_128)),
        ("debconf17.xml", (181, 8, 6, 5, 20, 555, 101.55, 173.97, 216)),
        ("pretalx-democon.json", (36, 3, 2, 2, 30, 90, 13.50, 27.00, 27)),
    ],
)
def test_a_published_programme_has_the_figures_that_others_counted(
    name: str, figures: tuple[float, ...]
) -> None:
    found = summarize_programme(
        convert_programme(published_programme(name), ProgrammeOptions(all_eligible=True)).sessions
    )
    assert figures == (
        *(found.events, found.days, found.rooms, found.most_in_parallel),
        *(found.shortest_minutes, found.longest_minutes),
        *(found.union_hours, found.sum_hours, found.overlapping_pairs),
    )


def test_a_published_calendar_gives_kinds_and_ineligible_sessions() -> None:
    found = summarize_programme(
        convert_programme(
            published_programme("pyconus2025.ics"), ProgrammeOptions(all_eligible=True)
        ).sessions
    )
    # Of 224 events, one has CANCELLED before its title.
    assert (found.events, found.kinds["talk"], found.kinds["tutorial"]) == (223, 75, 24)
    assert (found.not_eligible["break"], found.not_eligible["sponsor-workshop"]) == (12, 12)
    assert "talk" not in found.not_eligible


def test_of_fosdem_every_code_is_its_own_and_589_durations_are_no_quarters() -> None:
    sessions = convert_programme(
        published_programme("fosdem2025.xml"), ProgrammeOptions(all_eligible=True)
    ).sessions
    assert len({item.code for item in sessions}) == 943
    odd = [item for item in sessions if (item.ends_at - item.starts_at).seconds % 900]
    assert len(odd) == 589
    assert max(len(item.title) for item in sessions) == 169


# Codes.


def test_the_same_event_has_the_same_code_in_xml_and_json(folder: Path) -> None:
    events = [Event(str(n), "Flaps", EIGHT + timedelta(hours=n), 60) for n in (3, 1, 2)]
    from_xml = convert(folder, "s.xml", schedule_xml(events)).sessions
    from_json = convert(folder, "s.json", schedule_json(reversed(events))).sessions
    assert [item.code for item in from_xml] == ["1", "2", "3"]
    assert [item.code for item in from_json] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("attributes", "code"),
    [("id='7' guid='g'", "7"), ("guid='g' code='C'", "g"), ("code='C' slug='s'", "C")],
)
def test_a_code_is_the_first_of_id_guid_and_code(folder: Path, attributes: str, code: str) -> None:
    assert convert_one(folder, "s.xml", schedule(event(id_=attributes))).code == code


def codes(folder: Path, *events: Event) -> dict[str, str]:
    """The titles of the sessions, by their codes."""
    found = convert(folder, "s.json", schedule_json(events)).sessions
    return {item.code: item.title for item in found}


def test_sessions_that_share_a_code_get_codes_that_no_other_can_get(folder: Path) -> None:
    flaps, hands, nerves, alone = (
        Event("7", "Flaps", EIGHT, 60),
        Event("7", "Hands", EIGHT + timedelta(hours=1), 60),
        Event("7", "Nerves", EIGHT + timedelta(hours=1), 60),
        Event("8", "Burns", EIGHT, 60),
    )
    first = codes(folder, flaps, hands, nerves, alone)
    assert first == {
        "7-20240926T0800Z": "Flaps",
        "7-20240926T0900Z-4e1445": "Hands",
        "7-20240926T0900Z-72ae03": "Nerves",
        "8": "Burns",
    }
    assert codes(folder, alone, nerves, hands, flaps) == first
    later = codes(folder, flaps, nerves, alone)
    assert later.keys() - first.keys() == {"7-20240926T0900Z"}
    assert all(title == first.get(code, "Nerves") for code, title in later.items())


def test_added_starts_are_told_once(folder: Path) -> None:
    twice = event(date="2024-09-27T08:00:00Z") + event(date="2024-09-26T08:00:00Z")
    assert warning_messages(convert(folder, "s.xml", schedule(twice))) == [
        "s.xml, 2 times (event 7, event 7), code: Other items have the code '7', too. "
        "Their start is added to it, so that each keeps its own code."
    ]


def test_a_session_that_is_in_the_file_twice_is_read_once(folder: Path) -> None:
    found = convert(folder, "s.xml", schedule(event() + event()))
    assert [item.title for item in found.sessions] == ["Flaps"]
    assert "The session is in the file twice. It is read once." in warning_messages(found)[1]


# Times.


def test_times_keep_their_offset_unless_a_zone_is_asked_for(folder: Path) -> None:
    data = schedule(event(date="2024-09-26T08:00:00+02:00"))
    assert convert_one(folder, "s.xml", data).starts_at.isoformat() == "2024-09-26T08:00:00+02:00"
    there = convert_one(folder, "s.xml", data, zone=CHICAGO).starts_at
    assert there.isoformat() == "2024-09-26T01:00:00-05:00"


def test_an_offset_that_contradicts_the_printed_start_is_reported_once_and_can_be_ignored(
    folder: Path,
) -> None:
    data = schedule(event(date="2024-09-26T08:00:00+00:00"))
    found = convert(folder, "s.xml", data, zone=CHICAGO)
    assert warning_messages(found) == [
        (
            "s.xml, event 7, start: The start is printed as 08:00, but the date is "
            "2024-09-26T03:00:00-05:00. The date is used. If its offset is wrong, "
            "use --wall-clock."
        )
    ]
    right = convert_one(folder, "s.xml", data, zone=CHICAGO, wall_clock=True)
    assert right.starts_at.isoformat() == "2024-09-26T08:00:00-05:00"


@pytest.mark.parametrize(
    ("start", "begins"), [("10:00", "2024-09-26T10:00"), ("01:30", "2024-09-27T01:30")]
)
def test_without_dates_the_night_belongs_to_the_day_before(
    folder: Path, start: str, begins: str
) -> None:
    about = "<day_change>04:00:00</day_change><time_zone_name>Europe/Brussels</time_zone_name>"
    found = convert_one(folder, "s.xml", schedule(event(date="", start=start), about=about))
    assert found.starts_at == datetime.fromisoformat(begins).replace(tzinfo=BRUSSELS)


def test_a_session_may_go_on_past_midnight_and_past_a_change_of_clocks(folder: Path) -> None:
    found = convert_one(
        folder,
        "s.xml",
        schedule(event(date="2024-10-26T23:00:00", duration="06:00")),
        zone=BRUSSELS,
    )
    assert found.ends_at.isoformat() == "2024-10-27T04:00:00+01:00"
    assert found.ends_at.astimezone(UTC) - found.starts_at.astimezone(UTC) == timedelta(hours=6)


@pytest.mark.parametrize(
    ("duration", "minutes"),
    [("00:05", 5), ("01:07", 67), ("90", 90), ("1:02:30", 1590), ("00:45:00", 45), ("27:00", 1620)],
)
def test_a_duration_has_minutes_hours_or_days(folder: Path, duration: str, minutes: int) -> None:
    found = convert_one(folder, "s.xml", schedule(event(duration=duration)))
    assert found.ends_at - found.starts_at == timedelta(minutes=minutes)


def test_a_session_without_duration_is_included_but_not_eligible(folder: Path) -> None:
    found = convert(folder, "s.xml", schedule(event(duration="00:00")))
    assert [item.eligible for item in found.sessions] == [False]
    assert warning_messages(found) == [
        "s.xml, event 7: 0 minutes round to no credit. The session is not eligible."
    ]


# Texts.


def test_entities_of_html_and_invisible_letters_are_undone(folder: Path) -> None:
    found = convert(
        folder, "s.xml", schedule(event(title="R&amp;amp;D \u200fin\u00a0vivo&amp;#8212;"))
    )
    assert [item.title for item in found.sessions] == ["R&D in vivo—"]
    assert warning_messages(found) == [
        ("s.xml, event 7, title: The text contains unprintable characters. They are omitted.")
    ]


def test_a_text_in_several_languages_is_read_in_the_first(folder: Path) -> None:
    data = schedule_json([Event("7", "Flaps", EIGHT, 60)]).replace(
        b'"title": "Flaps"', b'"title": {"en": "Flaps", "de": "Lappen"}'
    )
    assert convert_one(folder, "s.json", data).title == "Flaps"


def test_a_formula_in_a_title_is_written_so_that_no_spreadsheet_runs_it(folder: Path) -> None:
    sessions = convert(folder, "s.xml", schedule(event(title="=1+1"))).sessions
    assert to_sessions_csv(sessions, TYPES).splitlines()[1].startswith("7,'=1+1,session,")


# Eligibility.


@pytest.mark.parametrize(
    ("kind", "title", "eligible"),
    [
        ("panel", "Flaps", True),
        ("Coffee Break", "See you there", False),
        ("Industry-Sponsored Session", "Lasers", False),
        ("Committee", "Ethics", False),
        ("", "Lunch", False),
        ("", "Morning Coffee Break", False),
        ("", "Ethics Committee Meeting", False),
        ("", "Breakfast of Champions: Flaps", True),
        ("", "Breaking Bad News", True),
        ("board review", "Hand", True),
    ],
)
def test_breaks_meals_committees_and_industry_are_not_eligible(
    folder: Path, kind: str, title: str, eligible: bool
) -> None:
    data = schedule_xml([Event("7", title, EIGHT, 60, kind=kind)])
    assert convert_one(folder, "s.xml", data).eligible is eligible


def test_staff_have_the_last_word_on_a_kind(folder: Path) -> None:
    data = schedule_xml([Event("1", "Flaps", EIGHT, 60, kind="Lunch Session")])
    assert convert_one(folder, "s.xml", data).eligible is False
    assert (
        convert_one(folder, "s.xml", data, eligible_kinds=frozenset({"lunch session"})).eligible
        is True
    )
    talk = schedule_xml([Event("1", "Flaps", EIGHT, 60, kind="Keynote")])
    barred = convert_one(folder, "s.xml", talk, ineligible_kinds=frozenset({"keynote"}))
    assert barred.eligible is False


# iCalendar.


def test_an_event_that_repeats_is_a_session_each_time(folder: Path) -> None:
    data = calendar(
        *("UID:1", "SUMMARY:Flaps", "DTSTART;TZID=Europe/Brussels:20241026T090000"),
        *(
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY;COUNT=3",
            "EXDATE;TZID=Europe/Brussels:20241027T090000",
        ),
    )
    found = convert(folder, "s.ics", data).sessions
    assert [(item.code, item.starts_at.isoformat()) for item in found] == [
        ("1 20241026T0900", "2024-10-26T09:00:00+02:00"),
        ("1 20241028T0900", "2024-10-28T09:00:00+01:00"),
    ]


def test_a_moved_occurrence_of_a_series_has_the_same_code(folder: Path) -> None:
    moved = (
        *("END:VEVENT", "BEGIN:VEVENT", "UID:1", "SUMMARY:Flaps, moved", "DURATION:PT1H"),
        *("DTSTART:20240927T150000Z", "RECURRENCE-ID:20240927T080000Z"),
    )
    data = calendar(*SERIES, "RRULE:FREQ=DAILY;COUNT=2", *moved)
    found = convert(folder, "s.ics", data).sessions
    assert [(item.code, item.title, item.starts_at.hour) for item in found] == [
        ("1 20240926T0800", "Flaps", 8),
        ("1 20240927T0800", "Flaps, moved", 15),
    ]


def test_all_day_items_are_included_in_the_zone_but_not_eligible(folder: Path) -> None:
    data = calendar("UID:1", "SUMMARY:Exhibits", "DTSTART;VALUE=DATE:20240926")
    found = convert(folder, "s.ics", data, zone=CHICAGO)
    (item,) = found.sessions
    assert (item.starts_at.isoformat(), item.ends_at.isoformat(), item.eligible) == (
        "2024-09-26T00:00:00-05:00",
        "2024-09-27T00:00:00-05:00",
        False,
    )
    assert warning_messages(found) == [
        "s.ics, event 1: The item lasts all day. Check whether it is eligible."
    ]


def test_cancelled_events_are_omitted_and_reported(folder: Path) -> None:
    second = "\r\n".join(["END:VEVENT", "BEGIN:VEVENT", "UID:2", *SERIES[1:]])
    found = convert(folder, "s.ics", calendar(*SERIES, "STATUS:CANCELLED", second))
    assert [item.code for item in found.sessions] == ["2"]
    assert warning_messages(found) == ["s.ics, event 1: The session is cancelled. It is omitted."]


def test_a_zone_of_a_calendar_holds_for_its_floating_times(folder: Path) -> None:
    data = calendar(*SERIES[:2], "DTSTART:20240926T080000", "DURATION:PT50M").replace(
        "VERSION:2.0", "VERSION:2.0\r\nX-WR-TIMEZONE:America/Chicago"
    )
    assert convert_one(folder, "s.ics", data).starts_at.isoformat() == "2024-09-26T08:00:00-05:00"


# Tables.


@pytest.mark.parametrize(
    ("column", "heading"),
    [(column, heading) for column, known in ALL_HEADINGS.items() for heading in known],
)
def test_every_documented_heading_is_known(folder: Path, column: str, heading: str) -> None:
    cells = {
        "code": "S1",
        "title": "Flaps",
        "start": "2024-09-26T08:00Z",
        "end": "2024-09-26T09:30Z",
        "date": "2024-09-26",
        "duration": "90",
        "credit:category1": "1.25",
        "credit:safety": "1",
        "eligible": "yes",
        "delivery": "both",
        "on_demand_from": "2024-10-01T00:00Z",
        "status": "as planned",
        "faculty_badges": "17",
        "speakers": "Ana Restrepo, MD",
        "kind": "panel",
        "track": "Hand",
        "room": "Hall A",
    }
    whole = convert_one(folder, "s.csv", _csv(list(cells), [*cells.values()]), dates=None)
    named = [heading.upper() if name == column else name for name in cells]
    assert convert_one(folder, "s.csv", _csv(named, [*cells.values()])) == whole
    assert (whole.credit, whole.delivery) == ({"category1": 5, "safety": 4}, Delivery.BOTH)


def _csv(headings: Sequence[str], cells: Sequence[str]) -> str:
    quoted = (f'"{cell}"' for cell in cells)
    return f"{','.join(headings)}\n{','.join(quoted)}\n"


def test_docs_list_every_heading() -> None:
    from cme_reflex.settings import ROOT

    docs = (ROOT / "docs" / "programmes.md").read_text("utf-8").casefold()
    docs = docs.partition("### column headings of programmes")[2].partition("\n### ")[0]
    for column, headings in HEADINGS.items():
        (line,) = (line for line in docs.splitlines() if line.startswith(f"| `{column}` |"))
        assert all(heading in line for heading in headings), column


@pytest.mark.parametrize(
    ("date_cell", "start", "end", "order"),
    [
        ("2024-09-26", "8:00 am", "1:30 pm", None),
        ("9/26/2024", "8:00am", "13:30", None),
        ("26.09.2024", "08.00", "13.30", None),
        ("Thursday, September 26, 2024", "8 AM", "1:30 P.M.", None),
        ("Thu 26 Sep 2024", "08:00:00", "13:30:00", None),
        (date(2024, 9, 26), time(8), time(13, 30), None),
    ],
)
def test_a_date_and_times_of_day_are_read_as_people_write_them(
    folder: Path, date_cell: object, start: object, end: object, order: DateOrder | None
) -> None:
    rows = [("ID", "Title", "Date", "Start", "End"), (1, "Flaps", date_cell, start, end)]
    found = convert_one(folder, "s.xlsx", workbook(rows), zone=CHICAGO, dates=order)
    assert (found.starts_at.isoformat(), found.ends_at.isoformat()) == (
        "2024-09-26T08:00:00-05:00",
        "2024-09-26T13:30:00-05:00",
    )


@pytest.mark.parametrize(("order", "month"), [(DateOrder.MONTH, 9), (DateOrder.DAY, 10)])
def test_the_order_of_month_and_day_is_the_staffs_option(
    folder: Path, order: DateOrder, month: int
) -> None:
    rows = table("1,Flaps,9/10/2024 8:00 am,9/10/2024 9:00 am")
    assert convert_one(folder, "s.csv", rows, zone=CHICAGO, dates=order).starts_at.month == month


def test_an_end_that_is_a_time_of_day_may_be_after_midnight(folder: Path) -> None:
    data = table("1,Gala Lecture,2024-09-26,10:30 pm,12:30 am", headings="ID,Title,Date,Start,End")
    assert convert_one(folder, "s.csv", data, zone=CHICAGO).ends_at.isoformat() == (
        "2024-09-27T00:30:00-05:00"
    )


def test_headings_may_stand_below_a_title_and_on_another_sheet(folder: Path) -> None:
    at = datetime(2024, 9, 26, 8)  # noqa: DTZ001 - a workbook knows no zones
    rows = [("The Meeting",), (), ("ID", "Title", "Start", "End"), (1, "Flaps", at, time(9))]
    path = folder / "s.xlsx"
    path.write_bytes(workbook([("Notes",)], rows))
    (item,) = convert_programme(
        path, ProgrammeOptions(all_eligible=True, zone=CHICAGO), sheet="Sheet 2"
    ).sessions
    assert (item.code, item.starts_at.isoformat()) == ("1", "2024-09-26T08:00:00-05:00")
    with pytest.raises(InvalidInput, match=r"There is no sheet 'Sheet 3'\. Did you mean Sheet 2\?"):
        convert_programme(path, ProgrammeOptions(all_eligible=True), sheet="Sheet 3")


def test_speakers_stand_between_semicolons_or_line_by_line(folder: Path) -> None:
    headings = "ID,Title,Start,End,Speakers"
    times = "2024-09-26T08:00Z,2024-09-26T09:00Z"
    data = table(
        f'1,Flaps,{times},"Ana Restrepo, MD; Li Wei, MD"',
        f'2,Hands,{times},"Ana Restrepo, MD\nLi Wei, MD"',
        headings=headings,
    )
    both = ("Ana Restrepo, MD", "Li Wei, MD")
    assert [item.speakers for item in convert(folder, "s.csv", data).sessions] == [both, both]


def test_headings_that_match_no_column_are_reported(folder: Path) -> None:
    data = table(f"1,Flaps,{'2024-09-26T08:00Z'},60,x", headings="ID,Title,Start,Minutes,Color")
    assert warning_messages(convert(folder, "s.csv", data)) == [
        "s.csv: These headings match no column: Color. Their cells are ignored."
    ]


def test_more_credit_than_time_is_reported_and_used(folder: Path) -> None:
    data = table("1,Flaps,2024-09-26T08:00Z,60,2", headings="ID,Title,Start,Minutes,Credits")
    found = convert(folder, "s.csv", data)
    assert [item.credit for item in found.sessions] == [{"category1": 8}]
    assert warning_messages(found) == [
        (
            "s.csv, row 2, credit:category1: 120 minutes of credit exceed the session's 60 "
            "minutes. Check it; it is used as given."
        )
    ]


def test_rounded_durations_are_told_once_with_their_number(folder: Path) -> None:
    events = [
        Event(str(n), f"Flaps {n}", EIGHT + timedelta(hours=n), minutes)
        for n, minutes in enumerate((50, 25, 60, 45))
    ]
    assert warning_messages(convert(folder, "s.xml", schedule_xml(events))) == [
        "s.xml, 2 times (event 0, event 1): The duration is no whole number of the credit's "
        "increments. It is rounded by the credit type's rule."
    ]


def test_a_night_in_which_the_clocks_go_back_is_as_long_as_it_was(folder: Path) -> None:
    data = table(
        "1,Flaps,2024-10-27T00:00,2024-10-27T04:00,5", headings="ID,Title,Start,End,Credits"
    )
    found = convert(folder, "s.csv", data, zone=ZoneInfo("Europe/Brussels"))
    assert ([item.credit for item in found.sessions], found.warnings) == ([{"category1": 20}], ())


# The supplement of credits.

THREE = table(
    *(f"S{n},Flaps,2024-09-26T0{n}:00Z,60" for n in (1, 2, 3)), headings="ID,Title,Start,Minutes"
)


def with_credits(folder: Path, *rows: str) -> ConversionResult:
    (folder / "s.csv").write_text(THREE)
    (folder / "c.csv").write_text(table(*rows, headings="SessionID,Credit Type,Credits"))
    return convert_programme(
        folder / "s.csv",
        ProgrammeOptions(all_eligible=True, credit_types=TYPES),
        supplement=folder / "c.csv",
    )


def test_credits_are_joined_on_the_session_and_other_types_are_reported(folder: Path) -> None:
    found = with_credits(
        folder,
        *("S1,AMA PRA Category 1 Credit(s)™,1.00", "S1,Patient Safety,0.5", "S2,CME,0.75"),
        "S2,Nursing Contact Hours,1",
    )
    assert [(item.code, item.credit) for item in found.sessions] == [
        ("S1", {"category1": 4, "safety": 2}),
        ("S2", {"category1": 3}),
        ("S3", {}),
    ]
    assert warning_messages(found) == [
        (
            "c.csv, row 5, credit_type: The meeting has no credit type 'Nursing Contact Hours'; "
            "its rows are omitted. Correct it, or add it to meeting.toml; there are: Category 1, "
            "Patient Safety."
        ),
        "c.csv: 1 session has no Category 1 row: S3. Eligible sessions get their rounded duration.",
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("S9,CME,1", "row 3, SessionID: The programme has no session 'S9'. "),
        ("S1,CME,1", "row 3, SessionID: Row 2 gives the same session the same credit. "),
        ("S2,CME,1.1", "row 3, Credits: '1.1' is not an amount of Category 1. "),
        ("S2,CME,", "row 3, Credits: The cell is empty. "),
        ("S2,Patient Safety,2", "s.csv, row 3, credit:safety: Patient Safety is part "),
    ],
)
def test_a_fault_in_the_supplement_is_reported(folder: Path, row: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        with_credits(folder, "S1,CME,1", row)
    (problem,) = map(str, caught.value.problems)
    assert told in problem


def test_credit_is_read_only_by_a_meetings_types(folder: Path) -> None:
    data = table("1,Flaps,2024-09-26T08:00Z,60,1", headings="ID,Title,Start,Minutes,CME Credits")
    with pytest.raises(InvalidInput) as caught:
        convert(folder, "s.csv", data, credit_types=NO_TYPES)
    assert list(map(str, caught.value.problems)) == [
        "s.csv: There is credit in the column 'CME Credits', but no meeting says of which type. "
        "Name the meeting's folder: --meeting DIR."
    ]
    (folder / "c.csv").write_text(table("S1,CME,1", headings="SessionID,Credit Type,Credits"))
    (folder / "s.csv").write_text(THREE)
    with pytest.raises(InvalidInput) as caught:
        convert_programme(
            folder / "s.csv", ProgrammeOptions(all_eligible=True), supplement=folder / "c.csv"
        )
    assert "No meeting says which credit types there are." in str(caught.value)


def test_several_types_are_told_apart_by_their_names_and_identifiers(folder: Path) -> None:
    nursing = CreditType(
        code="ancc",
        label="Nursing",
        name_one="contact hour",
        name_many="contact hours",
        increment=Fraction(1, 2),
        identifier_label="Course Number",
    )
    data = table(
        "1,Flaps,2024-09-26T08:00Z,60,1,0.5,C-7",
        headings="ID,Title,Start,Minutes,AMA PRA Category 1 Credits™,Contact Hours,Course number",
    )
    types = CreditTypes((*TYPES, nursing))
    # The course number is the nurses' identifier; the code has a column of its own.
    found = convert(folder, "s.csv", data.replace("ID,", "Session ID,", 1), credit_types=types)
    (item,) = found.sessions
    assert (item.credit, item.identifiers) == ({"category1": 4, "ancc": 1}, {"ancc": "C-7"})
    heading, row = to_sessions_csv([item], types).splitlines()
    assert heading.split(",")[9:13] == [
        "credit:category1",
        "credit:ancc",
        "identifier:ancc",
        "eligible",
    ]
    assert row.split(",")[9:13] == ["1.00", "0.5", "C-7", "yes"]


def test_a_summary_counts_half_open_intervals_and_empty_sessions(folder: Path) -> None:
    events = [
        Event("1", "A", EIGHT, 60),
        Event("2", "B", EIGHT + timedelta(hours=1), 60, room="Hall B"),
        Event("3", "C", EIGHT + timedelta(minutes=30), 60, room=""),
        Event("4", "D", EIGHT + timedelta(days=1), 0, kind="break"),
    ]
    assert summarize_programme(
        convert(folder, "s.xml", schedule_xml(events)).sessions
    ) == ProgrammeSummary(
        events=4,
        days=2,
        rooms=2,
        most_in_parallel=2,
        overlapping_pairs=2,
        shortest_minutes=0,
        longest_minutes=60,
        union_hours=2.0,
        sum_hours=3.0,
        eligible=3,
        kinds={"talk": 3, "break": 1},
        not_eligible={"break": 1},
        not_decided={},
    )
