"""`cme programme convert`, `cme attendees convert` and `cme members convert`: output and errors."""

import json
import stat
from pathlib import Path

import pytest

from cme_reflex.settings import settings
from tests.support.cli import cme_output, invoke_cme
from tests.support.files.broken_files import ENTITY, calendar, event, schedule, table
from tests.support.files.folder_files import FolderFiles
from tests.support.files.published_programmes import published_programme

pytestmark = pytest.mark.usefixtures("chosen_database")

TWO = schedule(event() + event(id_="id='8'", duration="00:05", title="=1+1"))
HEADINGS = "code,title,kind,track,room,start,end,speakers,delivery,eligible,faculty_badges"
CSV = [
    HEADINGS,
    "7,Flaps,session,,A,2024-09-26T08:00+02:00,2024-09-26T09:00+02:00,,live,yes,",
    "8,'=1+1,session,,A,2024-09-26T08:00+02:00,2024-09-26T08:05+02:00,,live,no,",
]
WARNING = "s.xml, event 8: 5 minutes round to no credit. The session is not eligible."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A schedule of two sessions, one of them too short for credit."""
    (tmp_path / "s.xml").write_text(TWO)
    return tmp_path / "s.xml"


def test_a_programme_is_printed_and_warnings_go_to_the_error_output(file: Path) -> None:
    assert cme_output("programme", "convert", file, "--all-eligible") == (
        0,
        CSV,
        [f"Warning: {WARNING}"],
    )


def test_a_programme_is_written_and_not_over_another_unless_asked(file: Path) -> None:
    out = file.parent / "sessions.csv"
    assert cme_output("programme", "convert", file, "--all-eligible", "--out", out) == (
        *(0, [f"2 sessions in {out}"]),
        [f"Warning: {WARNING}"],
    )
    assert out.read_text("utf-8").splitlines() == CSV
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    out.write_text("kept")
    code, _, faults = cme_output("programme", "convert", file, "--all-eligible", "--out", out)
    assert (code, out.read_text()) == (1, "kept")
    assert faults == [f"{out} already exists. Replace it with --force, or choose another --out."]
    assert (
        cme_output("programme", "convert", file, "--all-eligible", "--out", out, "--force")[0] == 0
    )
    assert out.read_text("utf-8").splitlines() == CSV


def test_a_fault_writes_nothing_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "s.xml").write_text(ENTITY + TWO)
    out = tmp_path / "sessions.csv"
    assert cme_output(
        "programme", "convert", tmp_path / "s.xml", "--all-eligible", "--out", out
    ) == (
        1,
        [],
        [
            "s.xml: The file declares entities. Remove them.",
            "1 fault; nothing was changed.",
        ],
    )
    assert [path.name for path in tmp_path.iterdir()] == ["s.xml"]


def test_the_summary_is_told_in_words(file: Path) -> None:
    code, lines, _ = cme_output("programme", "convert", file, "--all-eligible", "--summary")
    assert (code, lines) == (
        0,
        [
            "events: 2, of which eligible: 1",
            "days: 1",
            "rooms: 1",
            "most in parallel: 2",
            "overlapping pairs: 1",
            "minutes: 5 to 60",
            "hours, union: 1.00",
            "hours, sum: 1.08",
            "kinds: session 2",
            "not eligible: session 1",
        ],
    )


def test_a_kind_that_nobody_has_decided_is_asked_for_and_counted_in_the_summary(
    file: Path,
) -> None:
    assert cme_output("programme", "convert", file) == (
        1,
        [],
        [
            "s.xml, kind: Nobody has said whether 'session' is eligible: 1 session, 1.00 hours. "
            "Say --eligible 'session' or --not-eligible 'session', or --all-eligible.",
            "1 fault; nothing was changed.",
        ],
    )
    assert cme_output("programme", "convert", file, "--eligible", "session")[:2] == (0, CSV)
    refused = [CSV[0], CSV[1].replace(",yes,", ",no,"), CSV[2]]
    assert cme_output("programme", "convert", file, "--not-eligible", "session")[:2] == (0, refused)
    code, lines, _ = cme_output("programme", "convert", file, "--summary")
    assert (code, lines[0], lines[-1]) == (
        0,
        "events: 2, of which eligible: 0",
        "not decided: session 1",
    )


def test_a_warning_is_a_fault_where_it_is_to_be_strict(file: Path) -> None:
    assert cme_output("programme", "convert", file, "--all-eligible", "--strict") == (
        *(1, []),
        [WARNING, "1 fault; nothing was changed."],
    )


def test_a_zone_that_only_the_author_knows_is_named(tmp_path: Path) -> None:
    own = 'DTSTART;TZID="Ours":20300704T080000'
    (tmp_path / "s.ics").write_text(calendar("UID:1", "SUMMARY:Flaps", own, "DURATION:PT1H"))
    convert = ("programme", "convert", tmp_path / "s.ics", "--all-eligible", "--zone-map")
    code, lines, faults = cme_output(*convert, "Ours=America/Chicago")
    assert (code, lines[1].split(",")[5], faults) == (0, "2030-07-04T08:00-05:00", [])
    assert cme_output(*convert, "Ours=Mars/One") == (
        1,
        [],
        [
            "--zone-map: There is no time zone 'Mars/One'. "
            "Write its name in the tz database, such as America/Los_Angeles."
        ],
    )


def test_the_summary_of_a_published_programme_as_json() -> None:
    result = invoke_cme(
        "programme",
        "convert",
        published_programme("fosdem2025.xml"),
        "--all-eligible",
        "--summary",
        "--json",
    )
    document = json.loads(result.stdout)
    assert result.stderr == ""
    assert [warning["column"] for warning in document.pop("warnings")] == [
        "551 times (event 6256, event 4722, event 4186 …)",  # rounded to quarter hours
        "38 times (event 5735, event 6602, event 6649 …)",  # to none: 589 in all are no quarters
    ]
    assert document == {
        "rows": 943,
        "file": None,
        "columns": {},
        "summary": {
            "events": 943,
            "days": 2,
            "rooms": 29,
            "most_in_parallel": 28,
            "overlapping_pairs": 18128,
            "shortest_minutes": 5,
            "longest_minutes": 90,
            "union_hours": 18.0,
            "sum_hours": 391.42,
            "eligible": 905,
            "kinds": {"devroom": 925, "junior": 18},
            "not_eligible": {"devroom": 38},
            "not_decided": {},
        },
    }


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--json"], "--json needs --out FILE; without it, the table itself is printed."),
        (
            ["--zone", "Mars/One"],
            (
                "--zone: There is no time zone 'Mars/One'. "
                "Write its name in the tz database, such as America/Los_Angeles."
            ),
        ),
    ],
)
def test_an_option_that_cannot_be_is_told(file: Path, options: list[str], fault: str) -> None:
    assert cme_output("programme", "convert", file, "--all-eligible", *options) == (1, [], [fault])


def test_kinds_delivery_and_credits_are_options(tmp_path: Path, files: FolderFiles) -> None:
    rows = [f"{n},T{n},2024-09-26T0{n}:00Z,60,{kind}" for n, kind in ((1, "Lunch"), (2, "Talk"))]
    (tmp_path / "s.csv").write_text(table(*rows, headings="ID,Title,Start,Minutes,Type"))
    (tmp_path / "c.csv").write_text("SessionID,Credit Type,Credits\n1,CME,0.75\n2,CME,1\n")
    result = cme_output(
        *(
            "programme",
            "convert",
            tmp_path / "s.csv",
            "--all-eligible",
            "--credits",
            tmp_path / "c.csv",
        ),
        *("--eligible", "lunch", "--not-eligible", "TALK", "--delivery", "both"),
        *("--meeting", files.write()),
    )
    assert result[::2] == (0, [])
    assert [line.split(",")[8:11] for line in result[1]] == [
        ["delivery", "credit:category1", "eligible"],
        ["both", "0.75", "yes"],
        ["both", "1.00", "no"],
    ]


OURS = "Nr,Titel,Beginn,Ende\nS1,Flaps,2024-09-26T08:00Z,2024-09-26T09:00Z\n"
MAPS = tuple(
    word
    for column in ("code=Nr", "title=Titel", "start=Beginn", "end=Ende")
    for word in ("--map", column)
)


def test_headings_are_mapped_and_the_mapping_serves_again(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(OURS)
    convert = ("programme", "convert", tmp_path / "s.csv", "--all-eligible")
    out, saved = tmp_path / "sessions.csv", tmp_path / "ours.toml"
    kind = ("--default", "kind=Panel", "--default", "room=Hall A")
    first = cme_output(*convert, *MAPS, *kind, "--out", out, "--save-mapping", saved)
    assert first == (
        0,
        [
            f"1 sessions in {out}",
            "columns: code from 'Nr', title from 'Titel', start from 'Beginn', end from 'Ende'",
        ],
        [],
    )
    assert saved.read_text("utf-8") == (
        '[map]\ncode = "Nr"\ntitle = "Titel"\nstart = "Beginn"\nend = "Ende"\n\n'
        '[default]\nkind = "Panel"\nroom = "Hall A"\n'
    )
    written = out.read_text("utf-8").splitlines()
    assert written[1].split(",")[:5] == ["S1", "Flaps", "Panel", "", "Hall A"]
    assert cme_output(*convert, "--mapping", saved) == (0, written, [])
    # What the command line says of a column replaces what the file says.
    code, lines, _ = cme_output(*convert, "--mapping", saved, "--default", "kind=Course")
    assert (code, lines[1]) == (0, written[1].replace("Panel", "Course"))
    refused = cme_output(*convert, "--mapping", saved, "--save-mapping", saved)
    assert refused == (
        1,
        [],
        [f"{saved} already exists. Replace it with --force, or choose another --save-mapping."],
    )


def test_columns_are_told_in_json(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(OURS)
    convert = ("programme", "convert", tmp_path / "s.csv", *MAPS, "--all-eligible")
    document = json.loads(invoke_cme(*convert, "--summary", "--json").stdout)
    assert document["columns"] == {
        "code": "Nr",
        "title": "Titel",
        "start": "Beginn",
        "end": "Ende",
    }


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (
            ("--map", "titel=Titel"),
            "--map: There is no column 'titel' in a programme. Did you mean title?",
        ),
        (("--map", "Titel"), "Write it as --map COLUMN=HEADING, not 'Titel'."),
    ],
)
def test_a_mapping_that_cannot_be_is_told(
    tmp_path: Path, options: tuple[str, ...], fault: str
) -> None:
    (tmp_path / "s.csv").write_text(OURS)
    found = cme_output("programme", "convert", tmp_path / "s.csv", *options)
    assert found == (1, [], [fault])


def test_degrees_mean_the_professions_of_the_meeting(tmp_path: Path, files: FolderFiles) -> None:
    people = tmp_path / "p.csv"
    people.write_text("Last,Badge,Confirmation,Degree,Ticket\nA,1,C1,MD,full\nB,2,C2,RN,full\n")
    convert = ("attendees", "convert", people, "--meeting", files.write())
    assert cme_output(*convert) == (
        1,
        [],
        [
            "p.csv, row 3, Degree: 'RN' is no profession of the meeting: physician, other. Choose "
            "one: --value 'profession:RN=other'.",
            "1 fault; nothing was changed.",
        ],
    )
    code, lines, _ = cme_output(*convert, "--value", "profession:RN=other")
    assert (code, [line.split(",")[6] for line in lines]) == (
        0,
        ["profession", "physician", "other"],
    )


def test_the_meeting_is_that_of_the_settings_unless_another_is_named(
    tmp_path: Path, files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.csv").write_text(
        table("1,T,2024-09-26T08:00Z,60,1", headings="ID,Title,Start,Minutes,CME")
    )
    folder = files.write()
    monkeypatch.setenv("CME_MEETINGS", str(folder.parent))
    monkeypatch.setenv("CME_MEETING", folder.name)
    settings.cache_clear()
    code, lines, _ = cme_output("programme", "convert", tmp_path / "s.csv", "--all-eligible")
    assert (code, lines[0].split(",")[9]) == (0, "credit:category1")
    monkeypatch.setenv("CME_MEETING", "of-nobody")
    settings.cache_clear()
    assert cme_output("programme", "convert", tmp_path / "s.csv", "--all-eligible") == (
        1,
        [],
        [
            "s.csv: There is credit in the column 'CME', but no meeting says of which type. Name "
            "the meeting's folder: --meeting DIR.",
            "1 fault; nothing was changed.",
        ],
    )


def test_more_warnings_than_fit_a_screen_are_counted(tmp_path: Path) -> None:
    # Each names another time, so that none is like another; one printed start differs, too.
    many = "".join(
        event(id_=f"id='{n}'", date=f"2024-09-26T08:{n:02}:00+02:00", title="") for n in range(25)
    )
    (tmp_path / "s.xml").write_text(schedule(many + event()))
    _, _, said = cme_output("programme", "convert", tmp_path / "s.xml", "--all-eligible")
    assert len(said) == 21
    assert said[-1] == "Warning: and 6 more; --json shows all."


def test_what_is_converted_is_loaded(tmp_path: Path, files: FolderFiles) -> None:
    folder = files.write()
    (tmp_path / "s.xml").write_text(TWO)
    invoke_cme("db", "upgrade")
    cme_output(
        "programme",
        "convert",
        tmp_path / "s.xml",
        "--all-eligible",
        "--out",
        folder / "sessions.csv",
        "--force",
    )
    code, lines, _ = cme_output("meeting", "load", folder)
    assert (code, lines[1]) == (0, "  sessions: 2 added, 0 changed, 0 unchanged")
    assert cme_output("meeting", "load", folder)[1] == ["test24: nothing changed (version 1)."]


def test_attendees_and_members_are_converted_with_options(tmp_path: Path) -> None:
    people = tmp_path / "p.csv"
    people.write_text("Nachname,Nr,Code,Ticket\nPeña,1,C1,Voll\n", encoding="utf-8")
    assert cme_output(
        *("attendees", "convert", people, "--map", "last_name=Nachname", "--map", "badge=Nr"),
        *("--map", "confirmation=Code", "--default", "profession=other"),
        *("--value", "registration_type:voll=full"),
    ) == (0, [people_headings(), "Peña,,,1,C1,,other,full,"], [])
    people.write_text("Login,Surname,Password\nana,Peña,correct horse\n", encoding="utf-8")
    refused = invoke_cme("members", "convert", people)
    assert refused.exit_code == 1
    out = tmp_path / "members.csv"
    hashed = invoke_cme("members", "convert", people, "--hash-passwords", "--out", out, "--json")
    assert json.loads(hashed.stdout) == {
        "rows": 1,
        "file": str(out),
        "summary": None,
        "warnings": [],
        "columns": {"username": "Login", "last_name": "Surname", "password_hash": "Password"},
    }
    assert "$argon2id$" in out.read_text("utf-8")
    assert "horse" not in refused.output + hashed.output + out.read_text("utf-8")


def test_a_common_password_is_not_taken_over(tmp_path: Path) -> None:
    people, out = tmp_path / "p.csv", tmp_path / "members.csv"
    rows = ["ana,Peña,correct horse", "bo,Li,Password1", "cy,Okafor,okafor2024", "di,Ruiz,letmein"]
    people.write_text("\n".join(["Login,Surname,Password", *rows, ""]), encoding="utf-8")
    code, printed, errors = cme_output(
        "members", "convert", people, "--hash-passwords", "--out", out
    )
    fault = "This password is among those that are guessed first."
    remedy = "Leave the cell empty: the member sets a new password."
    assert (code, printed, out.exists()) == (1, [], False)
    assert errors == [
        *(f"p.csv, row {row}, Password: {fault} {remedy}" for row in (3, 4, 5)),
        "3 faults; nothing was changed.",
    ]


def people_headings() -> str:
    return (
        "last_name,first_name,suffix,badge,confirmation,email,profession,registration_type,member"
    )


@pytest.mark.parametrize(
    ("option", "given", "fault"),
    [
        ("--map", "badge", "Write it as --map COLUMN=HEADING, not 'badge'."),
        (
            *("--map", "bagde=Nr"),
            "--map: There is no column 'bagde' in attendees.csv. Did you mean badge?",
        ),
        ("--value", "badge=1", "Write it as --value COLUMN:THEIRS=OURS, not 'badge=1'."),
    ],
)
def test_an_option_that_says_nothing_is_told(
    tmp_path: Path, option: str, given: str, fault: str
) -> None:
    assert cme_output("attendees", "convert", tmp_path / "p.csv", option, given) == (1, [], [fault])
