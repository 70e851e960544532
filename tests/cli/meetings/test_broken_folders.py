"""Broken files of a meeting's folder: the exact messages of each, with nothing written."""

# ruff: noqa: E501 - a message stands on one line, as it is printed

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel
from typer.testing import CliRunner, Result

from cme_reflex.cli.commands import app
from cme_reflex.formats import input_limits
from cme_reflex.settings import settings
from tests.support.database import databases
from tests.support.files.folder_files import PASSWORD_HASH, FolderFiles

Damage = Callable[[str], bytes | None]

M, S, A, P = "meeting.toml", "sessions.csv", "attendees.csv", "members.csv"


def swap(old: str, new: str, *, every: bool = False) -> Damage:
    """Replace a text of the file, which must contain it."""

    def damage(text: str) -> bytes:
        assert old in text
        return text.replace(old, new, -1 if every else 1).encode()

    return damage


def whole(content: bytes) -> Damage:
    """Replace the file's content."""
    return lambda text: content


def encoded(encoding: str, old: str = "", new: str = "") -> Damage:
    """Save the file in another encoding, with a word that needs it."""
    return lambda text: text.replace(old, new, 1 if old else 0).encode(encoding)


def missing(text: str) -> bytes | None:
    """Delete the file."""
    return None


def repeated_row(text: str) -> bytes:
    """Repeat the first data row at the end."""
    return f"{text}{text.splitlines()[1]}\n".encode()


BROKEN: list[tuple[str, str, Damage, list[str]]] = [
    (
        M,
        "no file",
        missing,
        ["meeting.toml: The file is missing. Put it in the meeting's folder."],
    ),
    (
        M,
        "empty",
        whole(b""),
        ["meeting.toml: The file is empty. Start from the template that cme meeting new creates."],
    ),
    (
        M,
        "truncated in a text",
        swap('attestation = "I attest."', 'attestation = "I att'),
        [
            "meeting.toml, row 29: This is not valid TOML: Illegal character '\\n'. Correct that line."
        ],
    ),
    (
        M,
        "truncated in a list",
        swap(
            'boards = ["ABS", "ABOHNS"]\n\n[privacy]\ntext = "What we keep."\n', 'boards = ["ABS",'
        ),
        [
            "meeting.toml: This is not valid TOML: Invalid value, at the end of the file. Correct that line."
        ],
    ),
    (
        M,
        "repeated key",
        swap("location = ", 'code = "x"\nlocation = '),
        [
            "meeting.toml, row 9: This is not valid TOML: Cannot overwrite a value. Correct that line."
        ],
    ),
    (
        M,
        "repeated table",
        swap("[look]\n", "[provider]\n"),
        [
            "meeting.toml, row 20: This is not valid TOML: Cannot declare ('provider',) twice. Correct that line."
        ],
    ),
    (M, "UTF-16", encoded("utf-16"), ["meeting.toml: This is UTF-16. Save the file as UTF-8."]),
    (
        M,
        "latin 1",
        encoded("latin-1", "is accredited", "est agréée"),
        ["meeting.toml, row 49: This is not UTF-8. Save the file as UTF-8."],
    ),
    (
        M,
        "NUL",
        swap("San Diego", "San\x00Diego"),
        [
            "meeting.toml, row 9: This is not valid TOML: Illegal character '\\x00'. Correct that line."
        ],
    ),
    (
        M,
        "depth",
        swap('boards = ["ABS", "ABOHNS"]', "boards = " + "[" * 5000),
        ["meeting.toml: The file is nested more than 100 levels deep. Check its structure."],
    ),
    (
        M,
        "a number of five thousand digits",
        swap("points = 5", "points = " + "5" * 5000),
        ["meeting.toml: This cannot be read as TOML. Write it again."],
    ),
    (
        M,
        "no number",
        swap("maximum = 60.75", "maximum = nan"),
        [
            "meeting.toml, credit[1].maximum: 'NaN' is not an amount of credit. Write a number, such as 60.75."
        ],
    ),
    (
        M,
        "without end",
        swap("maximum = 60.75", "maximum = inf"),
        [
            "meeting.toml, credit[1].maximum: 'Infinity' is not an amount of credit. Write a number, such as 60.75."
        ],
    ),
    (
        M,
        "exponent",
        swap("maximum = 60.75", "maximum = 1e999999999"),
        [
            "meeting.toml, credit[1].maximum: '1E+999999999' is not an amount of credit. Write a number, such as 60.75."
        ],
    ),
    (
        M,
        "hours in thirds",
        swap("maximum = 60.75", "maximum = 60.33"),
        [
            "meeting.toml, credit[1].maximum: '60.33' is not an amount of Category 1. Use a multiple of 0.25, such as 1.25."
        ],
    ),
    (
        M,
        "negative hours",
        swap("maximum = 17.5", "maximum = -1"),
        [
            "meeting.toml, credit[2].maximum: '-1' is not an amount of credit. Write a number, such as 60.75."
        ],
    ),
    (
        M,
        "text for a table",
        swap('[look]\naccent = "#005587"\naccent_dark = "#7cc4ee"\n', ""),
        ["meeting.toml, look: The key is missing. Add it."],
    ),
    (
        M,
        "color",
        swap("#005587", "teal"),
        ["meeting.toml, look: 'teal' is not a color such as #0b5563. Correct it."],
    ),
    (
        M,
        "color that is style",
        swap("#005587", "red;}body{display:none"),
        [
            "meeting.toml, look: 'red;}body{display:none' is not a color such as #0b5563. Correct it."
        ],
    ),
    (
        M,
        "first year",
        swap("opens_at = 2024-09-26T08:00:00-07:00", "opens_at = 0001-01-01T00:00:00+14:00"),
        [
            "meeting.toml, claim.opens_at: 0001-01-01T00:00:00+14:00 is before the first year or after the last. Check the year."
        ],
    ),
    (
        M,
        "last year",
        swap("closes_at = 2030-12-31T23:59:00-08:00", "closes_at = 9999-12-31T23:59:00-08:00"),
        [
            "meeting.toml, claim.closes_at: 9999-12-31T23:59:00-08:00 is before the first year or after the last. Check the year."
        ],
    ),
    (
        M,
        "last year on the clock",
        swap("closes_at = 2030-12-31T23:59:00-08:00", "closes_at = 9999-12-31T23:59:00"),
        [
            "meeting.toml, claim.closes_at: 9999-12-31T23:59:00 is before the first year or after the last. Check the year."
        ],
    ),
    (
        M,
        "date for a time",
        swap("closes_at = 2030-12-31T23:59:00-08:00", "closes_at = 2030-12-31"),
        [
            "meeting.toml, claim.closes_at: Input should be a valid datetime. Write a date and time, such as 2024-09-26T08:00:00."
        ],
    ),
    (
        M,
        "no date",
        swap("starts_on = 2024-09-26", 'starts_on = "Sep 26"'),
        [
            "meeting.toml, starts_on: Input should be a valid date or datetime, input is too short. Correct it."
        ],
    ),
    (
        M,
        "impossible date",
        swap("starts_on = 2024-09-26", "starts_on = 2024-02-30"),
        [
            "meeting.toml, row 5: This is not valid TOML: Invalid date or datetime. Correct that line."
        ],
    ),
    (
        M,
        "question kind",
        swap('kind = "yes_no"', 'kind = "yesno"'),
        [
            "meeting.toml, session_evaluation[1].kind: 'yesno' is not known here. Write 'yes_no', 'scale', 'one_of', 'some_of' or 'text'."
        ],
    ),
    (
        M,
        "scale of two",
        swap("points = 5", "points = 2"),
        [
            "meeting.toml, overall_evaluation[1]: question 'bias': a scale has 3 to 10 points. Correct it."
        ],
    ),
    (
        M,
        "one option",
        swap('options = ["Yes", "No"]', 'options = ["Yes"]'),
        [
            "meeting.toml, overall_evaluation[2]: question 'change': give two or more different options. Correct it."
        ],
    ),
    (
        M,
        "repeated question",
        swap('key = "change"', 'key = "bias"'),
        ["meeting.toml, overall_evaluation: two questions with the key 'bias'. Correct it."],
    ),
    (
        M,
        "unknown key",
        swap("attestation =", "atestation ="),
        [
            "meeting.toml, claim.atestation: The key 'atestation' is unknown here. Did you mean attestation?",
            "meeting.toml, claim.attestation: The key is missing. Add it.",
        ],
    ),
    (
        M,
        "XML",
        whole(
            b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m>&x;</m>'
        ),
        ["meeting.toml, row 1: This is not valid TOML: Invalid statement. Correct that line."],
    ),
    (
        S,
        "empty",
        whole(b""),
        [
            "sessions.csv, row 1: The file is empty. Write the headings there: code,title,kind,track,room,start,end,speakers,delivery,eligible,faculty_badges"
        ],
    ),
    (
        S,
        "heading alone, cut",
        swap(
            "speakers,delivery,credit:category1,credit:safety,eligible,faculty_badges,on_demand_from",
            "speakers,deli",
        ),
        [
            "sessions.csv, row 1, delivery: The column is missing. Add it.",
            "sessions.csv, row 1, eligible: The column is missing. Add it.",
            "sessions.csv, row 1, faculty_badges: The column is missing. Add it.",
            "sessions.csv, row 1, deli: There is no column 'deli' in sessions.csv. Did you mean delivery?",
        ],
    ),
    (
        S,
        "tabs",
        swap(",", "\t", every=True),
        ["sessions.csv, row 1: There are tabs between the cells. Save it as CSV with commas."],
    ),
    (
        S,
        "semicolons",
        swap(",", ";", every=True),
        [
            "sessions.csv, row 1: There are semicolons between the cells. Save it as CSV with commas."
        ],
    ),
    (S, "UTF-16", encoded("utf-16"), ["sessions.csv: This is UTF-16. Save the file as UTF-8."]),
    (
        S,
        "workbook",
        whole(b"PK\x03\x04\x14\x00\x08\x08\x08\x00\xff\xff"),
        [
            "sessions.csv: This is a workbook, not text. Save the sheet as CSV in UTF-8, or convert it."
        ],
    ),
    (
        S,
        "cut in a row",
        swap(
            "S4,Coffee,break,,Foyer,2024-09-26T09:30,2024-09-26T10:00,,live,,,no,,\n",
            "S4,Coffee,bre",
        ),
        [
            "sessions.csv, row 5: The row has 3 cells, the headings are 14. Put text that contains a comma in quotes."
        ],
    ),
    (
        S,
        "cut in a quote",
        swap("S4,Coffee,break,,Foyer,2024-09-26T09:30,2024-09-26T10:00,,live,,,no,,\n", 'S4,"Coff'),
        [
            "sessions.csv, row 5: This is not CSV: unexpected end of data. Check the quotes of this row and of the one before."
        ],
    ),
    (
        S,
        "formula",
        swap("Flaps", '"=HYPERLINK(""http://x.example"",""Flaps"")"'),
        [
            "sessions.csv, row 3, title: The cell contains a formula instead of a value. Paste the value; put an apostrophe before a text."
        ],
    ),
    (
        S,
        "formula in hours",
        swap("live,,,yes", "live,=1+1,,yes"),
        [
            "sessions.csv, row 3, credit:category1: The cell contains a formula instead of a value. Paste the value; put an apostrophe before a text.",
            "sessions.csv, row 3, credit:category1: '=1+1' is not an amount of Category 1. Use a multiple of 0.25, such as 1.25.",
        ],
    ),
    (
        S,
        "spreadsheet's error",
        swap("live,,,yes", "live,#VALUE!,,yes"),
        [
            "sessions.csv, row 3, credit:category1: '#VALUE!' is not an amount of Category 1. Use a multiple of 0.25, such as 1.25."
        ],
    ),
    (
        S,
        "comma for a point",
        swap("both,1.50,0.5", 'both,"1,50",0.5'),
        [
            "sessions.csv, row 2, credit:category1: '1,50' is not an amount of Category 1. Use a multiple of 0.25, such as 1.25."
        ],
    ),
    (
        S,
        "repeated code",
        swap("S2,", "S1,"),
        ["sessions.csv, row 3, code: Row 2 has the same code. Make it unique."],
    ),
    (
        S,
        "American date",
        swap("2024-09-26T10:00,2024-09-26T11:20", "9/26/2024 10:00,9/26/2024 11:20"),
        [
            "sessions.csv, row 3, start: '9/26/2024 10:00' is not a date and time. Write it as 2024-09-26T08:00.",
            "sessions.csv, row 3, end: '9/26/2024 11:20' is not a date and time. Write it as 2024-09-26T08:00.",
        ],
    ),
    (
        S,
        "first year",
        swap("2024-09-26T10:00,", "0001-01-01T00:00+14:00,"),
        [
            "sessions.csv, row 3, start: '0001-01-01T00:00+14:00' is not a date and time. Write it as 2024-09-26T08:00."
        ],
    ),
    (
        S,
        "clocks go forward",
        swap("2024-09-26T10:00,", "2024-03-10T02:30,"),
        [
            "sessions.csv, row 3, start: There is no 2024-03-10T02:30 in America/Los_Angeles. Clocks go forward then; did you mean 2024-03-10T03:30?"
        ],
    ),
    (
        S,
        "clocks go back",
        swap("2024-09-26T11:20", "2024-11-03T01:30"),
        [
            "sessions.csv, row 3, end: There are two 2024-11-03T01:30 in America/Los_Angeles. Clocks go back then; write 2024-11-03T01:30-07:00 or 2024-11-03T01:30-08:00."
        ],
    ),
    (
        S,
        "safety above",
        swap("1.50,0.5", "1.50,1.75"),
        [
            "sessions.csv, row 2, credit:safety: Patient Safety is part of Category 1 and cannot exceed it. Lower it, or raise the Category 1 of the session."
        ],
    ),
    (
        S,
        "two faults of one row",
        swap(",live,,,yes", ",life,1.1,,perhaps"),
        [
            "sessions.csv, row 3, delivery: 'life' is not known here. Did you mean live?",
            "sessions.csv, row 3, eligible: 'perhaps' is not known here. Use one of: no, yes.",
            "sessions.csv, row 3, credit:category1: '1.1' is not an amount of Category 1. Use a multiple of 0.25, such as 1.25.",
        ],
    ),
    (
        S,
        "control sign",
        swap("Flaps", "Fl\x07aps"),
        ["sessions.csv, row 3, title: The cell contains an unprintable character. Retype it."],
    ),
    (
        S,
        "right to left override",
        swap("Flaps", "Fl\u202eaps"),
        ["sessions.csv, row 3, title: The cell contains an unprintable character. Retype it."],
    ),
    (
        A,
        "empty",
        whole(b""),
        [
            "attendees.csv, row 1: The file is empty. Write the headings there: last_name,first_name,suffix,badge,confirmation,email,profession,registration_type,member"
        ],
    ),
    (
        A,
        "latin 1",
        encoded("latin-1", "李", "Ä"),
        ["attendees.csv, row 2: This is not UTF-8. Save the file as UTF-8."],
    ),
    (
        A,
        "missing column",
        swap("badge,", ""),
        ["attendees.csv, row 1, badge: The column is missing. Add it."],
    ),
    (
        A,
        "repeated column",
        swap("suffix", "badge"),
        [
            "attendees.csv, row 1, suffix: The column is missing. Add it.",
            "attendees.csv, row 1, badge: The column appears twice. Keep one.",
        ],
    ),
    (
        A,
        "formula",
        swap("李,Wei", "李,=cmd|' /C calc'!A0"),
        [
            "attendees.csv, row 3, first_name: The cell contains a formula instead of a value. Paste the value; put an apostrophe before a text."
        ],
    ),
    (
        A,
        "repeated badge",
        swap("B2,C2", "B1,C2"),
        [
            "sessions.csv, row 2, faculty_badges: attendees.csv has no badge 'B-2'. Correct it, or add the attendee there.",
            "attendees.csv, row 3, badge: Row 2 has the same badge. Make it unique.",
        ],
    ),
    (
        A,
        "unknown type",
        swap(",day,", ",days,"),
        [
            "attendees.csv, row 3, registration_type: meeting.toml has no registration type 'days'. Did you mean day?"
        ],
    ),
    (
        A,
        "no e-mail",
        swap("ana@example.org", "ana at example.org"),
        [
            "attendees.csv, row 2, email: 'ana at example.org' is not an e-mail address. Correct it, or leave it empty."
        ],
    ),
    (
        A,
        "number without sign",
        swap("B2,", "--,"),
        [
            "sessions.csv, row 2, faculty_badges: attendees.csv has no badge 'B-2'. Correct it, or add the attendee there.",
            "attendees.csv, row 3, badge: The number has no letters or digits. Correct it.",
        ],
    ),
    (
        A,
        "quote in the middle",
        swap("李,Wei", '李,"Wei" Li'),
        [
            "attendees.csv, row 3: This is not CSV: ',' expected after '\"'. Check the quotes of this row and of the one before."
        ],
    ),
    (
        P,
        "password",
        swap(PASSWORD_HASH, "hunter2"),
        [
            "members.csv, row 2, password_hash: This is not an argon2 hash. Write the hash, never the password."
        ],
    ),
    (
        P,
        "a hash of another kind",
        swap(PASSWORD_HASH, "$2b$12$abcdefghijklmnopqrstuv"),
        [
            "members.csv, row 2, password_hash: This is not an argon2 hash. Write the hash, never the password."
        ],
    ),
    (
        P,
        "cut hash",
        swap(PASSWORD_HASH, "$argon2id$v=19$m=8,t=1,p=1$c2Fs"),
        [
            "members.csv, row 2, password_hash: This is not an argon2 hash. Write the hash, never the password."
        ],
    ),
    (
        P,
        "repeated username",
        repeated_row,
        ["members.csv, row 3, username: Row 2 has the same username. Make it unique."],
    ),
    (
        P,
        "no heading",
        whole(b"ana,Else,Ana,,,x\n"),
        [
            "members.csv, row 1: Row 1 contains none of the headings. Write the headings there: username,last_name,first_name,suffix,email,password_hash"
        ],
    ),
]
FOLDERS = [
    pytest.param(file, damage, told, id=f"{file}: {name}") for file, name, damage, told in BROKEN
]


@pytest.fixture
def database_file(
    sqlite: databases.SQLite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A database with the valid folder loaded."""
    monkeypatch.setenv("CME_DATABASE_URL", sqlite.empty(tmp_path))
    settings.cache_clear()
    assert cme("meeting", "load", FolderFiles(tmp_path / "test24").write()).exit_code == 0
    return tmp_path / "cme.db"


def cme(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def rows(file: Path) -> dict[str, list[str]]:
    """Every row of every table."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in SQLModel.metadata.sorted_tables
        }
    engine.dispose()
    return found


def broken(folder: Path, file: str, damage: Damage) -> Path:
    content = damage(FolderFiles(folder).texts[file])
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    return folder


@pytest.mark.parametrize(("file", "damage", "told"), FOLDERS)
def test_a_broken_file_is_told_with_place_and_remedy_and_nothing_is_written(
    database_file: Path, tmp_path: Path, file: str, damage: Damage, told: list[str]
) -> None:
    folder = broken(tmp_path / "test24", file, damage)
    before = rows(database_file)
    loaded = cme("meeting", "load", folder)
    many = "1 fault" if len(told) == 1 else f"{len(told)} faults"
    assert (loaded.exit_code, loaded.stdout, loaded.stderr.splitlines()) == (
        1,
        "",
        [*told, f"{many}; nothing was changed."],
    )
    assert rows(database_file) == before

    checked = cme("meeting", "check", folder)
    assert (checked.exit_code, checked.stderr) == (1, "")
    lines = [line for line in checked.stdout.splitlines() if not line.startswith("warning: ")]
    assert lines[:-1] == told
    assert lines[-1].startswith(f"{many}, ")

    as_json = cme("meeting", "check", folder, "--json")
    faults = [
        each for each in json.loads(as_json.stdout)["problems"] if each["severity"] == "fault"
    ]
    assert as_json.exit_code == 1
    assert [{*each} for each in faults] == [PARTS] * len(told)
    assert [f"{each['fault']} {each['remedy']}" for each in faults] == [
        line.split(": ", 1)[1] for line in told
    ]


PARTS = {"file", "row", "column", "fault", "remedy", "severity"}


def test_there_are_fifty_broken_files_and_more() -> None:
    assert len({(file, name) for file, name, _, _ in BROKEN}) == len(BROKEN) >= 50


@pytest.mark.parametrize("file", [M, S, A, P])
def test_a_file_above_the_limit_is_not_read(database_file: Path, tmp_path: Path, file: str) -> None:
    before = rows(database_file)
    path = tmp_path / "test24" / file
    limit = (input_limits.SETTINGS_BYTES if file == M else input_limits.FILE_BYTES).maximum
    with path.open("ab") as grown:
        grown.truncate(limit + 1)
    loaded = cme("meeting", "load", tmp_path / "test24")
    fault = f"{file}: The file has more than {limit:,} bytes. Remove what "
    fault += "does not belong there." if file == M else "is not needed."
    assert (loaded.exit_code, loaded.stderr.splitlines()[0]) == (1, fault)
    assert rows(database_file) == before
