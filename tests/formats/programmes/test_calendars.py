"""Calendars as Outlook, Exchange and other programs export them."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.programmes.convert import ConversionResult, convert_programme
from cme_reflex.formats.programmes.items import ProgrammeOptions
from tests.support.files.broken_files import SERIES, calendar

CHICAGO, NEW_YORK = ZoneInfo("America/Chicago"), ZoneInfo("America/New_York")


def convert(
    folder: Path, data: bytes | str, options: ProgrammeOptions | None = None
) -> ConversionResult:
    path = folder / "s.ics"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return convert_programme(path, options or ProgrammeOptions(all_eligible=True))


def starts(found: ConversionResult) -> list[str]:
    return [item.starts_at.isoformat() for item in found.sessions]


def problems(folder: Path, data: bytes | str, options: ProgrammeOptions | None = None) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        convert(folder, data, options)
    return list(map(str, caught.value.problems))


def in_zone(name: str, *, definition: str = "") -> str:
    """A calendar of two sessions, in summer and in winter, in the zone of this name."""
    lines = (
        *("UID:1", "SUMMARY:Flaps", f'DTSTART;TZID="{name}":20300704T080000', "DURATION:PT1H"),
        *("END:VEVENT", "BEGIN:VEVENT", "UID:2", "SUMMARY:Hands"),
        *(f'DTSTART;TZID="{name}":20301204T080000', "DURATION:PT1H"),
    )
    return calendar(*lines).replace("VERSION:2.0", f"VERSION:2.0{definition}")


# A zone without daylight saving time, under a name by which others mean one that has it.
OWN_ZONE = "\r\n".join(
    (
        *("", "BEGIN:VTIMEZONE", "TZID:{}", "BEGIN:STANDARD", "DTSTART:16010101T000000"),
        *("TZOFFSETFROM:-0700", "TZOFFSETTO:-0700", "TZNAME:X", "END:STANDARD", "END:VTIMEZONE"),
    )
)


@pytest.mark.parametrize("name", ["Eastern Standard Time", "America/New_York", "Ours"])
def test_the_files_own_definition_of_a_zone_comes_first(tmp_path: Path, name: str) -> None:
    found = convert(tmp_path, in_zone(name, definition=OWN_ZONE.format(name)))
    assert starts(found) == ["2030-07-04T08:00:00-07:00", "2030-12-04T08:00:00-07:00"]
    assert found.warnings == ()
    # The next file does not define it, and does not get this definition.
    known = ProgrammeOptions(all_eligible=True, zone_map={name: NEW_YORK})
    assert starts(convert(tmp_path, in_zone(name), known)) == [
        "2030-07-04T08:00:00-04:00",
        "2030-12-04T08:00:00-05:00",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Eastern Standard Time",
        "(UTC-05:00) Eastern Time (US & Canada)",
        "/freeassociation.sourceforge.net/America/New_York",
        "america/new_york",
    ],
)
def test_the_names_that_calendar_programs_use_are_known_and_told_once(
    tmp_path: Path, name: str
) -> None:
    found = convert(tmp_path, in_zone(name))
    assert starts(found) == ["2030-07-04T08:00:00-04:00", "2030-12-04T08:00:00-05:00"]
    assert list(map(str, found.warnings)) == [
        f"s.ics, event 1, DTSTART: The time zone {name!r} is America/New_York. "
        "If it is another, use --zone-map."
    ]


def test_a_zone_that_nobody_knows_is_a_fault_whatever_the_zone_of_the_meeting(
    tmp_path: Path,
) -> None:
    data = in_zone("Eastern Standard Time 1")
    assert problems(tmp_path, data, ProgrammeOptions(all_eligible=True, zone=CHICAGO)) == [
        "s.ics, event 1, DTSTART: The time zone 'Eastern Standard Time 1' is not known, and the "
        "file does not define it. Say which it is: --zone-map "
        "'Eastern Standard Time 1=America/New_York'."
    ]
    named = ProgrammeOptions(
        all_eligible=True, zone=CHICAGO, zone_map={"Eastern Standard Time 1": NEW_YORK}
    )
    assert starts(convert(tmp_path, data, named)) == [
        "2030-07-04T07:00:00-05:00",
        "2030-12-04T07:00:00-06:00",
    ]


def test_the_zone_of_a_calendar_is_not_replaced_by_the_option(tmp_path: Path) -> None:
    data = calendar(*SERIES[:2], "DTSTART:20240926T080000", "DURATION:PT50M").replace(
        "VERSION:2.0", "VERSION:2.0\r\nX-WR-TIMEZONE:America/New_York"
    )
    assert starts(convert(tmp_path, data, ProgrammeOptions(all_eligible=True, zone=CHICAGO))) == [
        "2024-09-26T07:00:00-05:00"
    ]


def test_the_times_of_a_series_are_in_the_zone_that_they_name(tmp_path: Path) -> None:
    lines = (
        *("UID:1", "SUMMARY:Flaps", "DTSTART;TZID=Ours:20301102T080000", "DURATION:PT1H"),
        *("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Ours:20301103T080000"),
    )
    options = ProgrammeOptions(all_eligible=True, zone_map={"Ours": NEW_YORK})
    assert starts(convert(tmp_path, calendar(*lines), options)) == [
        "2030-11-02T08:00:00-04:00",
        "2030-11-04T08:00:00-05:00",
    ]


def test_a_line_may_be_folded_within_a_letter(tmp_path: Path) -> None:
    data = calendar(*SERIES).encode()
    folded = data.replace(b"SUMMARY:Flaps", b"SUMMARY:Chirurgie r\xc3\r\n \xa9paratrice")
    assert folded != data
    [item] = convert(tmp_path, folded).sessions
    assert item.title == "Chirurgie r\u00e9paratrice"


def test_a_calendar_in_windows_1252_is_told(tmp_path: Path) -> None:
    data = calendar("UID:1", "SUMMARY:Chirurgie réparatrice", *SERIES[2:]).encode("cp1252")
    found = convert(tmp_path, data)
    assert [item.title for item in found.sessions] == ["Chirurgie réparatrice"]
    assert list(map(str, found.warnings)) == [
        "s.ics: The text is read as Windows-1252, such as 'réparatrice'. "
        "If letters are wrong, save the file as UTF-8."
    ]


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("CANCELLED: Panel on Flaps", ""),
        ("[Canceled] Panel on Flaps", ""),
        ("Panel on Flaps (cancelled)", ""),
        ("Panel on Flaps - CANCELED", ""),
        ("Cancelled", ""),
        ("Panel on Flaps", "STATUS:CANCELED"),
        ("Panel on Flaps", "STATUS:CANCELLED"),
    ],
)
def test_a_cancelled_event_is_omitted_and_told(tmp_path: Path, title: str, line: str) -> None:
    other = ("END:VEVENT", "BEGIN:VEVENT", "UID:2", *SERIES[1:], "STATUS:TENTATIVE")
    found = convert(tmp_path, calendar("UID:1", f"SUMMARY:{title}", *SERIES[2:], line, *other))
    assert [item.code for item in found.sessions] == ["2"]
    assert list(map(str, found.warnings)) == [
        "s.ics, event 1: The session is cancelled. It is omitted."
    ]


@pytest.mark.parametrize("title", ["Cancelled Surgeries and Their Causes", "Why We Cancelled"])
def test_a_session_about_what_was_cancelled_is_held(tmp_path: Path, title: str) -> None:
    [item] = convert(tmp_path, calendar("UID:1", f"SUMMARY:{title}", *SERIES[2:])).sessions
    assert item.title == title


def test_a_calendar_that_cancels_has_no_sessions(tmp_path: Path) -> None:
    data = calendar(*SERIES).replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:CANCEL")
    assert problems(tmp_path, data) == [
        "s.ics, event 1: The session is cancelled. It is omitted.",
        "s.ics: The file has no sessions. Check the file.",
    ]


def test_events_without_a_title_are_omitted_and_told_and_strictly_a_fault(tmp_path: Path) -> None:
    untitled = ("END:VEVENT", "BEGIN:VEVENT", "UID:2", "SUMMARY:", "LOCATION:Hall B", *SERIES[2:])
    data = calendar(*SERIES, *untitled)
    told = [
        "s.ics, event 2, SUMMARY: The item of 2024-09-26 08:00 (Hall B) has no title. "
        "It is omitted."
    ]
    found = convert(tmp_path, data)
    assert [item.code for item in found.sessions] == ["1"]
    assert list(map(str, found.warnings)) == told
    assert problems(tmp_path, data, ProgrammeOptions(all_eligible=True, strict=True)) == told
