"""Broken files of other systems, each with the message that it must give."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.files.programme_files import workbook


@dataclass(frozen=True)
class BrokenFile:
    """A file that must be refused. `messages` are the problems as a person reads them."""

    about: str
    name: str
    data: bytes
    messages: tuple[str, ...]


def _of(name: str) -> Callable[..., BrokenFile]:
    def broken(about: str, data: bytes | str, *told: str, name: str = name) -> BrokenFile:
        raw = data.encode() if isinstance(data, str) else data
        return BrokenFile(about, name, raw, tuple(f"{name}{place}" for place in told))

    return broken


xml, json, ics = _of("s.xml"), _of("s.json"), _of("s.ics")
csv, xlsx = _of("s.csv"), _of("s.xlsx")
attendees, members = _of("a.csv"), _of("m.csv")


def schedule(event: str, day: str = "date='2024-09-26'", about: str = "") -> str:
    """A schedule.xml of one event."""
    return (
        f"<schedule><conference>{about}</conference><day {day}><room name='A'>"
        f"{event}</room></day></schedule>"
    )


def event(
    id_: str = "id='7'",
    date: str = "2024-09-26T08:00:00+02:00",
    duration: str = "01:00",
    title: str = "Flaps",
    start: str = "08:00",
) -> str:
    """An event of a schedule.xml."""
    return (
        f"<event {id_}><date>{date}</date><start>{start}</start>"
        f"<duration>{duration}</duration><title>{title}</title></event>"
    )


def days(text: str) -> str:
    """A schedule.json of these days."""
    return f'{{"schedule":{{"conference":{{"days":{text}}}}}}}'


def calendar(*lines: str) -> str:
    """A calendar of one event with these lines."""
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
    )


def table(*rows: str, headings: str = "Code,Title,Start,End") -> str:
    """A CSV of these rows."""
    return "\n".join([headings, *rows]) + "\n"


def archive(**files: str) -> bytes:
    """A ZIP that is no workbook, or hardly one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return made.getvalue()


ENTITY = "<!DOCTYPE schedule [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
LAUGHS = (
    "<!DOCTYPE s [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
    "<schedule>&c;</schedule>"
)
GOOD = ("Code", "Title", "Start", "End"), ("1", "Flaps", "2024-09-26T08:00Z", "2024-09-26T09:00Z")
TIMES = "2024-09-26T08:00Z,2024-09-26T09:00Z"
SERIES = ("UID:1", "SUMMARY:Flaps", "DTSTART:20240926T080000Z", "DURATION:PT1H")
PEOPLE = "Last Name,Badge,Confirmation,Degree,Registration Type"
ACCOUNTS = "Username,Last Name,Password"

PROGRAMMES = [
    # Whole files.
    xml("empty", b"", ": The file is empty. Export it again."),
    csv("nothing but spaces", b" \r\n\t ", ": The file is empty. Export it again."),
    csv(
        "a PDF",
        b"%PDF-1.7 ...",
        ": This is a PDF. Request the file from which it was made.",
        name="s.pdf",
    ),
    csv(
        "an old Excel file",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        (
            ": This workbook has a password, or is not complete. Save it as .xlsx "
            "without a password."
        ),
        name="s.xls",
    ),
    xml(
        "a web page",
        "<!DOCTYPE html><html></html>",
        ": This is a web page. Export the schedule as schedule.xml or .json.",
    ),
    # schedule.xml.
    xml(
        "cut off",
        schedule(event())[:-30],
        (
            ": This is not valid XML: unclosed token: line 1, column 191. It may be cut off: "
            "export it again."
        ),
    ),
    xml(
        "cut off in the first tag",
        "<sched",
        (
            ": This is not valid XML: unclosed token: line 1, column 0. "
            "It may be cut off: export it again."
        ),
    ),
    xml(
        "two roots",
        "<schedule/><schedule/>",
        (
            ": This is not valid XML: junk after document element: line 1, column 11. It may "
            "be cut off: export it again."
        ),
    ),
    xml(
        "another document",
        "<rss><channel/></rss>",
        (": The file begins with <rss>, not with <schedule>. Export the schedule as schedule.xml."),
    ),
    xml(
        "an external entity",
        ENTITY + schedule(event(title="&x;")),
        ": The file declares entities. Remove them.",
    ),
    xml("entities in entities", LAUGHS, ": The file declares entities. Remove them."),
    xml(
        "an entity of HTML",
        schedule(event(title="Fl&auml;ps")),
        (
            ": This is not valid XML: undefined entity: line 1, column 180. It may be cut off: "
            "export it again."
        ),
    ),
    xml(
        "not the encoding it says",
        b"<?xml version='1.0' encoding='UTF-8'?><schedule>\xe4",
        (
            ": This is not valid XML: partial character: line 1, column 48. It may be cut off: "
            "export it again."
        ),
    ),
    xml(
        "an unknown encoding",
        "<?xml version='1.0' encoding='klingon'?><schedule/>",
        (": This is not valid XML: unknown encoding: klingon. It may be cut off: export it again."),
    ),
    xml(
        "a zero byte",
        "<schedule>\x00</schedule>",
        (
            ": This is not valid XML: not well-formed (invalid token): line 1, column 10. It "
            "may be cut off: export it again."
        ),
    ),
    xml("no event", "<schedule/>", ": The file has no sessions. Check the file."),
    xml(
        "no id",
        schedule(event(id_="")),
        (
            ", event Flaps: The event has none of: id, guid, code, slug. Add an id that stays "
            "the same."
        ),
    ),
    xml(
        "no title",
        schedule(event(title="")),
        ", event 7, title: The item of 2024-09-26 08:00 (A) has no title. It is omitted.",
        ": The file has no sessions. Check the file.",
    ),
    xml(
        "a title that nobody sees",
        schedule(event(title="\u200b\u200e")),
        ", event 7, title: It has no printable characters. Write it again.",
    ),
    xml(
        "no duration",
        schedule(event(duration="")),
        ", event 7, duration: The event has no duration. Write it as 01:30.",
    ),
    xml(
        "a duration in words",
        schedule(event(duration="an hour")),
        ", event 7, duration: 'an hour' is not a duration. Write it as 01:30.",
    ),
    xml(
        "a duration of 75 seconds a minute",
        schedule(event(duration="01:75")),
        ", event 7, duration: '01:75' is not a duration. Write it as 01:30.",
    ),
    xml(
        "a duration below zero",
        schedule(event(duration="-1:00")),
        ", event 7, duration: '-1:00' is not a duration. Write it as 01:30.",
    ),
    xml(
        "a date that is none",
        schedule(event(date="2024-02-30T08:00:00Z")),
        (
            ", event 7, date: '2024-02-30T08:00:00Z' is not a date and time. Write it as "
            "2024-09-26T08:00:00+01:00."
        ),
    ),
    xml(
        "a date without a time",
        schedule(event(date="2024-09-26")),
        (
            ", event 7, date: '2024-09-26' is not a date and time. Write it as "
            "2024-09-26T08:00:00+01:00."
        ),
    ),
    xml(
        "the end of time",
        schedule(event(date="9999-12-31T23:30:00+00:00")),
        ", event 7, duration: The duration is too long. Correct it.",
    ),
    xml(
        "before time",
        schedule(event(date="0001-01-01T00:00:00+14:00")),
        ", event 7, date: There is no time 0001-01-01T00:00:00+14:00. Correct it.",
    ),
    xml(
        "no zone",
        schedule(event(date="2024-09-26T08:00:00")),
        (
            ", event 7, date: 2024-09-26T08:00 has no offset, and the file names no "
            "time zone. Give it with --zone, such as Europe/Brussels."
        ),
    ),
    xml(
        "no date and no zone",
        schedule(event(date="")),
        (
            ", event 7, start: 2024-09-26T08:00 has no offset, and the file names no "
            "time zone. Give it with --zone, such as Europe/Brussels."
        ),
    ),
    xml(
        "no date anywhere",
        schedule(event(date=""), day=""),
        (
            ", event 7, date: Neither the event nor its day has a date. Add it, such as "
            "2024-09-26T08:00:00+01:00."
        ),
    ),
    xml(
        "a start that is none",
        schedule(event(date="", start="8ish")),
        ", event 7, start: '8ish' is not a time of day. Write it as 08:00.",
    ),
    xml(
        "the hour that the clocks skip",
        schedule(
            event(date="2024-03-31T02:30:00"),
            about="<time_zone_name>Europe/Brussels</time_zone_name>",
        ),
        (
            ", event 7, date: There is no 2024-03-31T02:30 in Europe/Brussels. Clocks "
            "go forward then; did you mean 2024-03-31T03:30?"
        ),
    ),
    xml(
        "the hour that comes twice",
        schedule(
            event(date="2024-10-27T02:30:00"),
            about="<time_zone_name>Europe/Brussels</time_zone_name>",
        ),
        (
            ", event 7, date: There are two 2024-10-27T02:30 in Europe/Brussels. Clocks "
            "go back then; write 2024-10-27T02:30+02:00 or 2024-10-27T02:30+01:00."
        ),
    ),
    xml(
        "one event twice",
        schedule(event() + event(duration="00:30")),
        (", event 7, code: Another item has the same code '7', start, title and room. Remove one."),
    ),
    # schedule.json.
    json(
        "cut off",
        days("[{"),
        (
            ", row 1: This is not valid JSON: Expecting ',' delimiter, column 38. It may be "
            "cut off: export it again."
        ),
    ),
    json(
        "a key twice",
        '{"schedule": {}, "schedule": {}}',
        ": The key 'schedule' appears twice in one object. Keep one.",
    ),
    json(
        "another document",
        '{"events": []}',
        (
            ": There is no schedule.conference.days in the file. Export the schedule as "
            "schedule.json."
        ),
    ),
    json(
        "a list",
        "[]",
        (
            ": There is no schedule.conference.days in the file. Export the schedule as "
            "schedule.json."
        ),
    ),
    json(
        "days that are no list",
        days('"monday"'),
        (
            ": There is no schedule.conference.days in the file. Export the schedule as "
            "schedule.json."
        ),
    ),
    json(
        "a day that is none",
        days("[3]"),
        ", day 1, rooms: The day has neither rooms nor events. Export the schedule again.",
    ),
    json(
        "a day without rooms",
        days('[{"date":"2024-09-26"}]'),
        ", day 1, rooms: The day has neither rooms nor events. Export the schedule again.",
    ),
    json(
        "an event that is none",
        days('[{"rooms":{"A":["Flaps"]}}]'),
        ", day 1, A: An event is not an object. Write it in braces.",
    ),
    json(
        "an event without anything",
        days('[{"rooms":{"A":[{}]}}]'),
        (
            ", event without a title: The event has none of: id, guid, code, slug. Add an id "
            "that stays the same."
        ),
        (
            ", event without a title, date: Neither the event nor its day has a date. "
            "Add it, such as 2024-09-26T08:00:00+01:00."
        ),
    ),
    json("no number", '{"schedule": NaN}', ": This JSON cannot be read. Export it again."),
    json(
        "brackets without end",
        "[" * 100_000,
        ": The file is nested more than 100 levels deep. Check its structure.",
    ),
    json(
        "a number of 5,000 digits",
        '{"schedule": ' + "9" * 5_000 + "}",
        ": This JSON cannot be read. Export it again.",
    ),
    json("UTF-16", days("[]").encode("utf-16"), ": This is UTF-16. Save the file as UTF-8."),
    json(
        "Latin-1",
        days('[{"rooms":{"Säle":[]}}]').encode("latin-1"),
        ", row 1: This is not UTF-8. Save the file as UTF-8.",
    ),
    # iCalendar.
    ics(
        "no calendar",
        "DTSTART:20240926T080000Z",
        ": The file does not begin with BEGIN:VCALENDAR. Export it again.",
    ),
    ics(
        "cut off",
        calendar(*SERIES)[:-13],
        ": The file is cut off: 2 BEGIN, 1 END. Export it again.",
    ),
    ics(
        "an event that does not end",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR",
        ": The file is cut off: 2 BEGIN, 1 END. Export it again.",
    ),
    ics(
        "a line that is none",
        calendar(*SERIES, "no colon"),
        (
            ", event 1: This cannot be read: Content line could not be parsed into "
            "parts: 'no colon': Invalid content line. Correct it."
        ),
    ),
    ics(
        "no UID",
        calendar(*SERIES[1:]),
        ", event 1, UID: The event has no UID. Give it one that stays the same.",
    ),
    ics(
        "no title",
        calendar(SERIES[0], *SERIES[2:]),
        ", event 1, SUMMARY: The item of 2024-09-26 08:00 has no title. It is omitted.",
        ": The file has no sessions. Check the file.",
    ),
    ics("no start", calendar(*SERIES[:2]), ", event 1, DTSTART: The event has no start. Add it."),
    ics(
        "a start that is none",
        calendar(*SERIES[:2], "DTSTART:tomorrow"),
        (", event 1, DTSTART: This cannot be read: Wrong date format tomorrow. Correct it."),
    ),
    ics(
        "no zone",
        calendar(*SERIES[:2], "DTSTART:20240926T080000"),
        (
            ", event 1, DTSTART: 2024-09-26T08:00 has no offset, and the file names no "
            "time zone. Give it with --zone, such as Europe/Brussels."
        ),
    ),
    ics(
        "an unknown zone",
        calendar(*SERIES[:2], "DTSTART;TZID=Mars/One:20240926T080000"),
        (
            ", event 1, DTSTART: The time zone 'Mars/One' is not known, and the file does not "
            "define it. Say which it is: --zone-map 'Mars/One=America/New_York'."
        ),
    ),
    ics(
        "a span for a start",
        calendar(*SERIES[:2], "DTSTART:20240926T080000Z/PT1H"),
        ", event 1, DTSTART: Start and end are not two times. Correct them.",
    ),
    ics(
        "two starts",
        calendar(*SERIES, "DTSTART:20240927T080000Z"),
        ", event 1, DTSTART: Start and end are not two times. Correct them.",
    ),
    ics(
        "an end before the start",
        calendar(*SERIES[:3], "DTEND:20240926T070000Z"),
        ", event 1, end: The session ends before it starts. Correct it.",
    ),
    ics(
        "repeats for ever",
        calendar(*SERIES, "RRULE:FREQ=DAILY"),
        ", event 1, RRULE: The event repeats without an end. Give it COUNT or UNTIL.",
    ),
    ics(
        "repeats each second",
        calendar(*SERIES, "RRULE:FREQ=SECONDLY;COUNT=9"),
        ", event 1, RRULE: The event repeats within a day. Write each occurrence as an event.",
    ),
    ics(
        "repeats too often",
        calendar(*SERIES, "RRULE:FREQ=DAILY;COUNT=999999"),
        (", event 1, RRULE: The event repeats more than 1,000 times. Give it an earlier end."),
    ),
    ics(
        "repeats as nobody knows",
        calendar(*SERIES, "RRULE:FREQ=OFTEN;COUNT=2"),
        (", event 1, RRULE: This cannot be read: Expected frequency, got: OFTEN. Correct it."),
    ),
    # Tables.
    csv(
        "no headings",
        "1,Flaps,2024\n",
        (
            ", row 1, code: No heading matches this column. Name it code or, for example, "
            "'session code', 'session id', 'sessionid'. "
            "Or use --map code=HEADING, or --default code=VALUE."
        ),
        (
            ", row 1, title: No heading matches this column. Name it title or, for "
            "example, 'session title', 'session name', 'name'. "
            "Or use --map title=HEADING, or --default title=VALUE."
        ),
        (
            ", row 1, start: No heading matches this column. Name it start or, for "
            "example, 'starts', 'start time', 'starts at'. "
            "Or use --map start=HEADING, or --default start=VALUE."
        ),
    ),
    csv(
        "no end and no duration",
        table("1,Flaps,2024", headings="Code,Title,Start"),
        ": No heading in the file matches the end or the duration. Add one of them.",
    ),
    csv(
        "two headings for one column",
        table(headings="ID,Code,Title,Start,End"),
        ", row 1, code: 2 headings match this column. Keep one of them.",
    ),
    csv("headings alone", table(), ": The file has no sessions. Check the file."),
    csv(
        "an open quote",
        table('1,"Flaps'),
        (
            ", row 2: This is not CSV: unexpected end of data. Check the quotes of this "
            "row and of the one before."
        ),
    ),
    csv(
        "Cyrillic in Windows-1251",
        table(f"1,Лоскуты,{TIMES}").encode("cp1251"),
        ", row 2: This is not UTF-8. Save the file as UTF-8.",
    ),
    csv(
        "French of a Macintosh",
        table(f"1,Chirurgie réparatrice,{TIMES}").encode("mac-roman"),
        ", row 2: This is not UTF-8. Save the file as UTF-8.",
    ),
    csv(
        "a zero byte",
        table(f"1,Fl\x00aps,{TIMES}"),
        ": This is not a text file. Save it as CSV in UTF-8.",
    ),
    csv(
        "a formula",
        table(f'1,"=HYPERLINK(""http://x"")",{TIMES}'),
        (
            ", row 2, Title: The cell contains a formula or an error, not a value. Paste its "
            "value; put an apostrophe before text that begins with =."
        ),
    ),
    csv(
        "a code twice",
        table(f"1,Flaps,{TIMES}", f"1,Hands,{TIMES}"),
        ", row 3, Code: Row 2 has the same code. Make it unique.",
    ),
    csv(
        "no code",
        table(f",,{TIMES}"),
        ", row 2, Code: The cell is empty. Fill in the code.",
    ),
    csv(
        "no start",
        table("1,Flaps,,2024-09-26T09:00Z"),
        ", row 2, Start: The cell is empty. Fill in the start.",
    ),
    csv(
        "no zone",
        table("1,Flaps,2024-09-26T08:00,2024-09-26T09:00"),
        (
            ", row 2, Start: 2024-09-26T08:00 has no offset, and the file names no time "
            "zone. Give it with --zone, such as Europe/Brussels."
        ),
        (
            ", row 2, End: 2024-09-26T09:00 has no offset, and the file names no time "
            "zone. Give it with --zone, such as Europe/Brussels."
        ),
    ),
    csv(
        "a time without a date",
        table("1,Flaps,8:00 am,9:00 am"),
        (
            ", row 2, Start: '8:00 am' is a time without a date. Write it as "
            "2024-09-26T08:00, or add a date."
        ),
    ),
    csv(
        "a date without a time",
        table("1,Flaps,2024-09-26,2024-09-27"),
        (", row 2, Start: '2024-09-26' is not a date and time. Write it as 2024-09-26T08:00."),
    ),
    csv(
        "either of two dates",
        table("1,Flaps,9/10/2024 8:00 am,9/10/2024 9:00 am"),
        (", row 2, Start: '9/10/2024 8:00 am' could be two dates. Use --dates mdy or --dates dmy."),
    ),
    csv(
        "13 am",
        table("1,Flaps,9/26/2024 13:00 am,9/26/2024 9:00 am"),
        (
            ", row 2, Start: '9/26/2024 13:00 am' is not a date and time. "
            "Write it as 2024-09-26T08:00."
        ),
    ),
    csv(
        "an end before the start",
        table("1,Flaps,2024-09-26T08:00Z,2024-09-26T07:00Z"),
        ", row 2, End: The session ends before it starts. Check start and end.",
    ),
    csv(
        "credits in sixths",
        table(f"1,Flaps,{TIMES},1.17", headings="Code,Title,Start,End,Credits"),
        (
            ", row 2, Credits: '1.17' is not an amount of Category 1. Use a multiple of 0.25, such "
            "as 1.25."
        ),
    ),
    csv(
        "more Patient Safety than credit",
        table(f"1,Flaps,{TIMES},0.5,1", headings="Code,Title,Start,End,Credits,Patient Safety"),
        (
            ", row 2, credit:safety: Patient Safety is part of Category 1 and cannot "
            "exceed it. Lower it, or raise Category 1."
        ),
    ),
    csv(
        "eligible without credit",
        table(f"1,Flaps,{TIMES},0,yes", headings="Code,Title,Start,End,Credits,Eligible"),
        (
            ", row 2: The session is eligible but gives no credit of any type. Enter its credit, "
            "or write no under eligible."
        ),
    ),
    csv(
        "perhaps eligible",
        table(f"1,Flaps,{TIMES},maybe", headings="Code,Title,Start,End,Eligible"),
        (", row 2, Eligible: 'maybe' is not known here. Use one of: false, n, no, true, y, yes."),
    ),
    xlsx(
        "a ZIP of something else",
        archive(readme="hello"),
        ": This is not a complete Excel workbook. Save it again.",
    ),
    xlsx(
        "cut off", workbook(GOOD)[:-200], ": This is not a complete Excel workbook. Save it again."
    ),
    xlsx("an empty sheet", workbook([]), ": The table is empty. Fill it in."),
    xlsx(
        "a formula",
        workbook([*GOOD, (2, "=A1", *GOOD[1][2:])], texts=False),
        (
            ", row 3, Title: The cell contains a formula or an error, not a value. Paste its "
            "value; put an apostrophe before text that begins with =."
        ),
    ),
    xlsx(
        "a formula as the code",
        workbook([*GOOD, ("=B2", "x", *GOOD[1][2:])], texts=False),
        (
            ", row 3, Code: The cell contains a formula or an error, not a value. Paste its "
            "value; put an apostrophe before text that begins with =."
        ),
    ),
    xlsx(
        "the headings are missing",
        workbook([GOOD[1]]),
        (
            ", row 1, code: No heading matches this column. Name it code or, for example, "
            "'session code', 'session id', 'sessionid'. "
            "Or use --map code=HEADING, or --default code=VALUE."
        ),
        (
            ", row 1, title: No heading matches this column. Name it title or, for "
            "example, 'session title', 'session name', 'name'. "
            "Or use --map title=HEADING, or --default title=VALUE."
        ),
        (
            ", row 1, start: No heading matches this column. Name it start or, for "
            "example, 'starts', 'start time', 'starts at'. "
            "Or use --map start=HEADING, or --default start=VALUE."
        ),
    ),
    xlsx(
        "a date without a time",
        workbook([GOOD[0], (1, "Flaps", "soon", "later")]),
        ", row 2, Start: 'soon' is not a date and time. Write it as 2024-09-26T08:00.",
    ),
]

ATTENDEES = [
    attendees("empty", "", ": The file is empty. Export it again."),
    attendees(
        "no columns that are needed",
        "Name,Town\nRivera,Chicago\n",
        (
            ", row 1, last_name: No heading matches this column. Name it last_name or, "
            "for example, 'surname', 'family name', 'lastname'. Or use --map "
            "last_name=HEADING, or --default last_name=VALUE."
        ),
        (
            ", row 1, badge: No heading matches this column. Name it badge or, for "
            "example, 'badge number', 'badge no', 'badge id'. Or use --map "
            "badge=HEADING, or --default badge=VALUE."
        ),
        (
            ", row 1, confirmation: No heading matches this column. Name it confirmation "
            "or, for example, 'confirmation number', 'confirmation no', 'confirmation "
            "code'. Or use --map confirmation=HEADING, or --default confirmation=VALUE."
        ),
        (
            ", row 1, profession: No heading matches this column. Name it profession or, "
            "for example, 'degree', 'degrees', 'credentials'. Or use --map "
            "profession=HEADING, or --default profession=VALUE."
        ),
        (
            ", row 1, registration_type: No heading matches this column. Name it "
            "registration_type or, for example, 'registration category', 'registrant "
            "type', 'attendee type'. Or use --map registration_type=HEADING, or "
            "--default registration_type=VALUE."
        ),
    ),
    attendees(
        "headings alone", PEOPLE + "\n", ": There are no rows below the headings. Check the file."
    ),
    attendees(
        "no name",
        table(",1,C1,MD,full", headings=PEOPLE),
        ", row 2, Last Name: The cell is empty. Fill in the last_name.",
    ),
    attendees(
        "a badge twice",
        table("A,1,C1,MD,x", "B,1,C2,MD,x", headings=PEOPLE),
        ", row 3, Badge: Row 2 has the same badge. Make it unique.",
    ),
    attendees(
        "a confirmation twice",
        table("A,1,C1,MD,x", "B,2,c-1,MD,x", headings=PEOPLE),
        (", row 3, Confirmation: Row 2 has the same confirmation. Make it unique."),
    ),
    attendees(
        "no badge",
        table("A,,C1,MD,x", headings=PEOPLE),
        ", row 2, Badge: The cell is empty. Fill in the badge.",
    ),
    attendees(
        "an unknown profession",
        table("A,1,C1,Wizard,x", headings=PEOPLE),
        (
            ", row 2, Degree: 'Wizard' is no profession of the meeting: physician, other. Choose "
            "one: --value "
            "'profession:Wizard=other'."
        ),
    ),
    attendees(
        "no registration type",
        table("A,1,C1,MD,", headings=PEOPLE),
        ", row 2, Registration Type: The cell is empty. Fill in the registration_type.",
    ),
    attendees(
        "a formula",
        table('A,"=""001""",C1,MD,x', headings=PEOPLE),
        (
            ", row 2, Badge: The cell contains a formula or an error, not a value. Paste its "
            "value; put an apostrophe before text that begins with =."
        ),
    ),
    attendees(
        "an open quote",
        table('"A,1', headings=PEOPLE),
        (
            ", row 2: This is not CSV: unexpected end of data. Check the quotes of this "
            "row and of the one before."
        ),
    ),
    attendees(
        "Cyrillic in Windows-1251",
        table("Иванов,1,C1,MD,x", headings=PEOPLE).encode("cp1251"),
        ", row 2: This is not UTF-8. Save the file as UTF-8.",
    ),
    attendees(
        "no e-mail",
        table("A,1,C1,MD,x,at home", headings=PEOPLE + ",E-mail"),
        (", row 2, E-mail: 'at home' is not an e-mail address. Correct it, or leave it empty."),
    ),
    attendees(
        "a badge that is a namesake's confirmation",
        table("A,1,C1,MD,x", "A,C1,2,MD,x", headings=PEOPLE),
        (
            ", row 3, Confirmation: Row 2 has the same last name, and one's badge number is "
            "the other's confirmation number. Neither could sign in: change one of the numbers."
        ),
    ),
    attendees(
        "a broken workbook",
        workbook(GOOD)[:500],
        ": This is not a complete Excel workbook. Save it again.",
        name="a.xlsx",
    ),
]

SECRET = "correct horse"
MEMBERS = [
    members("empty", "", ": The file is empty. Export it again."),
    members(
        "a password in clear",
        table(f"a,A,{SECRET}", headings=ACCOUNTS),
        (
            ", row 2, Password: This is not a password hash and may be a password. Write argon2 "
            "hashes, or use --hash-passwords."
        ),
    ),
    members(
        "a password in place of headings",
        f"a,A,{SECRET}\n",
        (
            ", row 1, username: No heading matches this column. Name it username or, for "
            "example, 'user name', 'login', 'user'. Or use --map username=HEADING, or "
            "--default username=VALUE."
        ),
        (
            ", row 1, last_name: No heading matches this column. Name it last_name or, "
            "for example, 'surname', 'family name', 'lastname'. Or use --map "
            "last_name=HEADING, or --default last_name=VALUE."
        ),
    ),
    members(
        "a hash of bcrypt",
        table("a,A,$2b$12$" + "x" * 53, headings=ACCOUNTS),
        (
            ", row 2, Password: Sign-in cannot verify this hash; it verifies only argon2. "
            "Leave the cell empty: the member sets a new password."
        ),
    ),
    members(
        "half a hash",
        table("a,A,$argon2id$v=19$m=65536", headings=ACCOUNTS),
        (
            ", row 2, Password: Sign-in cannot verify this hash; it verifies only argon2. "
            "Leave the cell empty: the member sets a new password."
        ),
    ),
    members(
        "a hash without a digest",
        table('a,A,"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$"', headings=ACCOUNTS),
        (
            ", row 2, Password: Sign-in cannot verify this hash; it verifies only argon2. "
            "Leave the cell empty: the member sets a new password."
        ),
    ),
    members(
        "a hash that takes a terabyte",
        table(
            'a,A,"$argon2id$v=19$m=999999999,t=3,p=4$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA"',
            headings=ACCOUNTS,
        ),
        (
            ", row 2, Password: Sign-in cannot verify this hash; it verifies only argon2. "
            "Leave the cell empty: the member sets a new password."
        ),
    ),
    members(
        "a user twice",
        table("a,A,", "A,B,", headings=ACCOUNTS),
        ", row 3, Username: Row 2 has the same username. Make it unique.",
    ),
    members(
        "no user name",
        table(",A,", headings=ACCOUNTS),
        ", row 2, Username: The cell is empty. Fill in the username.",
    ),
    members(
        "two columns of passwords",
        table("a,A,x,y", headings=ACCOUNTS + ",Hash"),
        ", row 1, password_hash: 2 headings match this column. Keep one of them.",
    ),
    members(
        "a password as a formula",
        table("a,A,=correct horse", headings=ACCOUNTS),
        (
            ", row 2, Password: The cell contains a formula or an error, not a value. Paste "
            "its value; put an apostrophe before text that begins with =."
        ),
    ),
]
