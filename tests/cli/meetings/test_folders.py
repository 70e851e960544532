"""`cme meeting new`, `cme meeting check`, and the dry run of `cme meeting load`."""

import dataclasses
import gzip
import json
import re
import tomllib
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from cme_reflex.domain.meetings.color_contrast import contrast_ratio
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.meeting_folder import attendees_csv, members_csv, sessions_csv, template
from cme_reflex.formats.meeting_folder.checks.folder_check import DARK_SURFACE
from cme_reflex.formats.meeting_folder.credit.toml_tables import CreditTable
from cme_reflex.formats.meeting_folder.keys import key_path
from cme_reflex.formats.meeting_folder.meeting_toml import LOGOS
from cme_reflex.settings import ROOT
from tests.support.cli import cme_output, invoke_cme
from tests.support.files.folder_files import FolderFiles, with_old_keys
from tests.support.servers.oidc_provider import run_oidc_provider

pytestmark = pytest.mark.usefixtures("migrated_database")


def test_a_new_folder_has_no_fault_tells_what_to_fill_in_and_loads(tmp_path: Path) -> None:
    folder = tmp_path / "soc30"
    assert cme_output("meeting", "new", "soc30", "--into", tmp_path) == (
        0,
        [
            f"{folder}: a meeting to fill in.",
            *(f"  {name}" for name in template.FILES),
            f"See what is missing with: cme meeting check {folder}",
        ],
        [],
    )
    checked = json.loads(invoke_cme("meeting", "check", folder, "--json").stdout)
    assert {each["severity"] for each in checked["problems"]} == {"warning"}
    texts = [line for line in (folder / "meeting.toml").read_text().splitlines() if "= " in line]
    to_fill_in = sum('"FILL IN' in line for line in texts) + 1  # and the text on privacy
    said = [each for each in checked["problems"] if each["fault"].startswith("This is still")]
    assert [each["file"] for each in said].count("meeting.toml") == to_fill_in
    assert [(each["row"], each["column"]) for each in said if each["file"] == "sessions.csv"] == [
        (row, "title") for row in (2, 3, 4, 5)
    ]
    assert checked["figures"] == {
        "sessions": 4,
        "sessions_with_credit": 3,
        "attendees": 0,
        "members": 0,
        "credit": [
            {
                "code": "ama-pra-1",
                "label": "Category 1",
                "all_sessions": "4.50",
                "most_for_one": "4.50",
                "maximum": "4.50",
            },
            {
                "code": "patient-safety",
                "label": "Patient Safety",
                "all_sessions": "0.50",
                "most_for_one": "0.50",
                "maximum": "0.50",
            },
        ],
    }
    assert invoke_cme("meeting", "load", folder).exit_code == 0


def test_nothing_that_is_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "soc30").mkdir()
    (tmp_path / "soc30" / "meeting.toml").write_text("mine")
    assert cme_output("meeting", "new", "soc30", "--into", tmp_path) == (
        1,
        [],
        [f"{tmp_path / 'soc30'} already exists; nothing was changed. Choose another code."],
    )
    assert (tmp_path / "soc30" / "meeting.toml").read_text() == "mine"


@pytest.mark.parametrize("code", ["", "PSTM24", "two words", "../up", "a/b", "-x", "é", "x" * 33])
def test_a_code_is_the_name_of_a_folder_and_nothing_else(tmp_path: Path, code: str) -> None:
    assert cme_output("meeting", "new", "--into", tmp_path / "meetings", "--", code) == (
        1,
        [],
        [
            f'"{code}" is not a valid meeting code. '
            "Use lower-case letters, digits and hyphens, such as pstm25."
        ],
    )
    assert list(tmp_path.glob("meetings*")) == []


def test_the_template_has_every_key_and_column_that_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "soc30"
    template.write_new_folder(folder, "soc30", template.contents("soc30"))
    # Optional keys are in the template as comments.
    text = re.sub(
        r"^# (?=\[single_sign_on\]|\[sign_in\]|\[\[signatures\]\]|\w+ = )",
        "",
        (folder / "meeting.toml").read_text("utf-8"),
        flags=re.M,
    )
    written = {_without_code(key) for key in _keys(tomllib.loads(text))}
    # Together, the two forms have every kind of question with all its keys.
    read = {key for key in _fields(Meeting, ()) if key.split(".")[0] not in LOGOS}
    assert {_form(key) for key in written} == {_form(key) for key in read}
    headings = {
        name: (folder / name).read_text("utf-8").splitlines()[0].split(",")
        for name in template.FILES[1:]
    }
    assert headings == {
        "sessions.csv": [
            *sessions_csv.COLUMNS[:-2],
            *("credit:ama-pra-1", "credit:patient-safety"),
            *(*sessions_csv.COLUMNS[-2:], *sessions_csv.OPTIONAL_COLUMNS),
        ],
        "attendees.csv": [*attendees_csv.COLUMNS],
        "members.csv": [*members_csv.COLUMNS],
    }


def _without_code(key: str) -> str:
    """The key without a registration type's code, of which a meeting has its own."""
    return re.sub(r"(?<=registration_maxima)\..*", "", key)


def _form(key: str) -> str:
    return re.sub(r"^(session|overall)_evaluation", "evaluation", key)


def _keys(value: Any, place: str = "") -> Any:
    """The keys of the file; those of an array's tables once, such as registration_types.code."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _keys(inner, f"{place}.{key}".removeprefix("."))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _keys(inner, place)
    else:
        yield place


def _fields(kind: Any, place: tuple[str | int, ...]) -> Any:
    """The keys that the reader accepts, in the same notation."""
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        inner = hints[field.name]
        if field.name == "credit_types":
            yield from _fields(CreditTable, ("credit", 0))
        elif get_origin(inner) is tuple and dataclasses.is_dataclass(get_args(inner)[0]):
            yield from _fields(get_args(inner)[0], (*place, field.name, 0))
        elif dataclasses.is_dataclass(present := next(iter(get_args(inner)), inner)):
            yield from _fields(present, (*place, field.name))
        else:
            yield re.sub(r"\[\d+\]", "", key_path((*place, field.name)))


def test_a_good_folder_is_told_with_both_sums_and_the_maxima(files: FolderFiles) -> None:
    assert cme_output("meeting", "check", files.write()) == (
        0,
        [
            (
                "warning: meeting.toml, credit[1].maximum: The programme supports at most 3.75, "
                "less than this. Check it, and the credit and times in sessions.csv."
            ),
            (
                "warning: meeting.toml, credit[2].maximum: The programme supports at most 0.50, "
                "less than this. Check it, and the credit and times in sessions.csv."
            ),
            "sessions: 4, of which 3 give credit",
            "attendees: 2, members: 1",
            "hours of instruction, all sessions together: 3.75",
            "most that one attendee could claim: 3.75; the meeting's maximum: 60.75",
            (
                "Patient Safety, all sessions together: 0.50; most for one attendee: 0.50; "
                "its maximum: 17.50"
            ),
            "0 faults, 2 warnings.",
        ],
        [],
    )


def warnings(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    result = invoke_cme("meeting", "check", folder, "--json")
    assert result.exit_code == 0
    return [
        (each["file"], each["row"], each["column"], each["fault"])
        for each in json.loads(result.stdout)["problems"]
        if (each["column"] or "") not in {"credit[1].maximum", "credit[2].maximum"}
        and "font" not in each["fault"]
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "sessions.csv",
            "2024-09-26T11:20",
            "2024-09-26T10:07",
            (
                3,
                "eligible",
                "The session is eligible but gives no credit of any type, so nobody can claim it.",
            ),
        ),
        (
            "sessions.csv",
            "2024-09-26T11:20,,live,,",
            "2024-09-26T11:20,,live,1.50,",
            (
                3,
                "credit:category1",
                "The credit exceeds the duration of the session, which is 1.25.",
            ),
        ),
        (
            "sessions.csv",
            "2024-09-26T10:00,2024-09-26T11:20",
            "2024-09-25T10:00,2024-09-25T11:20",
            (3, "start", "2024-09-25 is not a day of the meeting, 2024-09-26 to 2024-09-29."),
        ),
        (
            "sessions.csv",
            "2024-09-26T11:20,,live,,",
            "2024-09-26T11:20,,live,0,",
            (
                3,
                "eligible",
                "The session is eligible but gives no credit of any type, so nobody can claim it.",
            ),
        ),
        (
            "meeting.toml",
            'reported_to = "pars"\n\n',
            'reported_to = "ce_broker"\n\n',
            (None, "credit[2].reported_to", "Credit cannot be reported to CE Broker yet."),
        ),
        (
            "meeting.toml",
            "[[registration_types]]",
            """[[credit]]
code = "ethics"
label = "Ethics"
name = { one = "Ethics", many = "Ethics" }
part_of = "category1"
maximum = 0

[[registration_types]]""",
            (
                None,
                "credit[3].maximum",
                "The maximum is 0, so nobody can claim more than 0 of it.",
            ),
        ),
        (
            "meeting.toml",
            "[[registration_types]]",
            """[[credit]]
code = "ethics"
label = "Ethics"
name = { one = "Ethics", many = "Ethics" }
part_of = "category1"
reported_to = "pars"

[[registration_types]]""",
            (
                None,
                "credit[3].reported_to",
                "PARS takes one subset of a learner: this one only if no 'safety' is claimed.",
            ),
        ),
        (
            "meeting.toml",
            "maximum = 60.75",
            "maximum = 60.75\nopens_at = 2024-09-01T08:00:00",
            (
                None,
                "credit[1].opens_at",
                "The claim period opens later, and nothing can be claimed before.",
            ),
        ),
        (
            "meeting.toml",
            "maximum = 60.75",
            "maximum = 60.75\ncloses_at = 2031-09-01T08:00:00",
            (
                None,
                "credit[1].closes_at",
                "The claim period closes earlier, and nothing can be claimed after it.",
            ),
        ),
        (
            "meeting.toml",
            "{ day = 8 }",
            "{ day = 61 }",
            (None, "credit[1].registration_maxima.day", "It is above the maximum, 60.75."),
        ),
        (
            "meeting.toml",
            "#005587",
            "#0099dd",
            (None, "look.accent", "#0099dd has a contrast of 3.1:1 on #ffffff, less than 7:1."),
        ),
        (
            "meeting.toml",
            "#7cc4ee",
            "#2277aa",
            (
                None,
                "look.accent_dark",
                "#2277aa has a contrast of 3.4:1 on #151e1e, less than 7:1.",
            ),
        ),
        (
            "meeting.toml",
            '"test24"',
            '"test25"',
            (None, "code", "The folder is called 'test24' and the meeting 'test25'."),
        ),
    ],
)
def test_what_may_be_meant_is_a_warning(
    files: FolderFiles, file: str, old: str, new: str, expected: tuple[int | None, str, str]
) -> None:
    files.replace(file, old, new)
    assert warnings(files.write()) == [(file, *expected)]


def test_a_credit_that_only_rounding_makes_longer_is_no_warning(files: FolderFiles) -> None:
    files.replace("sessions.csv", "T11:20,,live,,", "T10:55,,live,1.00,")
    assert warnings(files.write()) == []


def test_an_empty_meeting_is_told(files: FolderFiles) -> None:
    files.texts["sessions.csv"] = files.texts["sessions.csv"].splitlines()[0] + "\n"
    files.texts["attendees.csv"] = files.texts["attendees.csv"].splitlines()[0] + "\n"
    assert warnings(files.write()) == [
        ("sessions.csv", None, None, "No session gives credit."),
        ("attendees.csv", None, None, "There are no attendees."),
    ]


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.478), ("#0b5563", "#0b5563", 1.0)],
)
def test_contrast_is_that_of_wcag(first: str, second: str, ratio: float) -> None:
    assert (
        contrast_ratio(first, second)
        == contrast_ratio(second, first)
        == pytest.approx(ratio, abs=0.001)
    )


def test_the_surface_of_the_dark_screens_is_that_of_the_style_sheet() -> None:
    dark = (ROOT / "assets" / "tokens.css").read_text().split("prefers-color-scheme: dark", 1)[1]
    assert f"--surface: {DARK_SURFACE};" in dark.split("}", 1)[0]


def test_the_demo_meeting_of_several_professions_has_no_warning() -> None:
    code, lines, errors = cme_output("meeting", "check", ROOT / "meetings" / "spine30")
    assert (code, lines[0], lines[-1], errors) == (
        0,
        "sessions: 45, of which 38 give credit",
        "0 faults, 0 warnings.",
        [],
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "eligible,faculty_badges",
            "credit:categroy1,eligible,faculty_badges",
            "There is no column 'credit:categroy1' in sessions.csv. Did you mean credit:category1?",
        ),
        (
            "credit:safety,",
            "identifier:saftey,",
            "There is no column 'identifier:saftey' in sessions.csv. Did you mean "
            "identifier:safety?",
        ),
    ],
)
def test_a_column_of_an_unknown_credit_type_is_a_fault(
    files: FolderFiles, old: str, new: str, said: str
) -> None:
    files.replace("sessions.csv", old, new)
    code, lines, _ = cme_output("meeting", "check", files.write())
    assert (code, said in "\n".join(lines)) == (1, True)


def test_an_identifier_fits_its_types_pattern(files: FolderFiles) -> None:
    files.replace(
        "meeting.toml", "maximum = 60.75", 'maximum = 60.75\nidentifier_pattern = "C[0-9]"'
    )
    lines = files.texts["sessions.csv"].splitlines()
    cells = ["identifier:category1", "C1", "X1", "", ""]
    files.texts["sessions.csv"] = "".join(
        f"{line},{cell}\n" for line, cell in zip(lines, cells, strict=True)
    )
    code, printed, _ = cme_output("meeting", "check", files.write())
    assert (code, printed[0]) == (
        1,
        "sessions.csv, row 3, identifier:category1: 'X1' does not fit the pattern of the "
        "identifier. Correct it, or the pattern C[0-9] in meeting.toml.",
    )


def test_credit_without_its_identifier_is_a_warning(files: FolderFiles) -> None:
    pattern = 'maximum = 60.75\nidentifier_label = "UAN"\nidentifier_pattern = "C[0-9]"'
    files.replace("meeting.toml", "maximum = 60.75", pattern)
    assert warnings(files.write()) == [
        (
            "sessions.csv",
            row,
            "identifier:category1",
            "The session gives Category 1 but has no UAN.",
        )
        for row in (2, 3, 4)
    ]


def test_an_upgrade_tells_what_it_did_and_is_done_once(files: FolderFiles) -> None:
    folder = with_old_keys(files).write()
    rehearsed = cme_output("meeting", "upgrade", folder, "--dry-run")
    assert "category1_hours" in (folder / "sessions.csv").read_text()
    upgraded = cme_output("meeting", "upgrade", folder)
    assert (rehearsed[1][:-1], rehearsed[1][-1]) == (upgraded[1][:-1], "Nothing was written.")
    assert upgraded[1][-1] == f"The old files are in {folder / 'before-upgrade'}."
    assert cme_output("meeting", "upgrade", folder) == (
        0,
        [f"{folder} has today's keys and columns already; nothing was changed."],
        [],
    )


def test_an_upgraded_folder_is_loaded_as_unchanged(files: FolderFiles) -> None:
    folder = with_old_keys(files).write()
    invoke_cme("meeting", "load", folder)
    invoke_cme("meeting", "upgrade", folder)
    assert cme_output("meeting", "load", folder)[1] == ["test24: nothing changed (version 1)."]


def test_the_demo_meeting_has_no_warning() -> None:
    assert cme_output("meeting", "check", ROOT / "meetings" / "pstm24") == (
        0,
        [
            "sessions: 244, of which 222 give credit",
            "attendees: 500, members: 60",
            "hours of instruction, all sessions together: 325.75",
            "most that one attendee could claim: 60.75; the meeting's maximum: 60.75",
            (
                "Patient Safety, all sessions together: 19.50; most for one attendee: 17.50; "
                "its maximum: 17.50"
            ),
            "0 faults, 0 warnings.",
        ],
        [],
    )


def test_a_load_warns_of_registered_names_that_are_none(files: FolderFiles) -> None:
    files.replace("attendees.csv", "李", "Lee 3rd")
    result = invoke_cme("meeting", "load", files.write())
    assert result.exit_code == 0
    assert "Warning: attendees.csv, last_name: The name has '3': " in result.stderr


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    fault = f"There is no folder {tmp_path / 'none'}."
    assert cme_output("meeting", "check", tmp_path / "none") == (1, [], [fault])


NURSES = """[[professions]]
code = "nurse"
label = "Nurse"

[[credit]]
code = "ancc"
label = "Nursing"
name = { one = "contact hour", many = "contact hours" }
awarded_to = ["nurse"]

"""


def test_a_rehearsed_load_tells_what_the_real_one_does_and_writes_nothing(
    files: FolderFiles, tmp_path: Path
) -> None:
    invoke_cme("meeting", "load", files.write())
    files.replace("sessions.csv", "Flaps", "Flaps Again")
    files.replace("sessions.csv", "S3,Hand Anatomy", "S9,Hand Anatomy")
    files.add("attendees.csv", "Else,Some,,B3,C3,,other,full,")
    folder = files.write()
    before = _backed_up(tmp_path / "before.gz")
    rehearsed = cme_output("meeting", "load", folder, "--dry-run")
    as_json = invoke_cme("meeting", "load", folder, "--dry-run", "--json")
    assert _backed_up(tmp_path / "after.gz") == before
    report = [
        "test24: version 2.",
        "  sessions: 1 added, 1 changed, 2 unchanged, 1 withdrawn",
        "  attendees: 1 added, 0 changed, 2 unchanged",
        "  members: 0 added, 0 changed, 1 unchanged",
    ]
    assert rehearsed == (0, [*report, "Nothing was written."], [])
    assert invoke_cme("meeting", "load", folder, "--json").stdout == as_json.stdout
    assert _backed_up(tmp_path / "loaded.gz") != before


def test_a_load_of_other_terms_alone_tells_what_changed(files: FolderFiles) -> None:
    invoke_cme("meeting", "load", files.write())
    files.replace("meeting.toml", 'label = "Patient Safety"', 'label = "Safety"')
    files.replace("meeting.toml", "[[registration_types]]", NURSES + "[[registration_types]]")
    folder = files.write()
    assert cme_output("meeting", "load", folder) == (
        0,
        [
            "test24: version 2.",
            "  meeting.toml: credit safety changed, credit ancc added, professions nurse added",
            "  sessions: 0 added, 3 changed, 1 unchanged",  # their durations give contact hours
            "  attendees: 0 added, 0 changed, 2 unchanged",
            "  members: 0 added, 0 changed, 1 unchanged",
        ],
        [],
    )
    files.replace("meeting.toml", NURSES, "")
    files.replace("meeting.toml", 'format = "', 'format = "A ')
    as_json = json.loads(invoke_cme("meeting", "load", files.write(), "--json").stdout)
    assert as_json["settings"] == [
        {"key": "format", "code": "", "change": "changed"},
        {"key": "credit", "code": "ancc", "change": "removed"},
        {"key": "professions", "code": "nurse", "change": "removed"},
    ]


def _backed_up(file: Path) -> list[bytes]:
    """All rows of the database."""
    assert invoke_cme("backup", file).exit_code == 0
    return gzip.decompress(file.read_bytes()).splitlines()[1:-1]


def test_a_check_reads_the_single_sign_on_provider(files: FolderFiles) -> None:
    with run_oidc_provider() as provider:
        files.texts["meeting.toml"] += (
            f'[single_sign_on]\nissuer = "{provider.issuer}"\nclient_id = "c"\nlabel = "Society"\n'
        )
        folder = files.write()
        before = invoke_cme("meeting", "check", folder)
        provider.document = {"token_endpoint": "http://oauth2.example.net/token"}
        code, lines, _ = cme_output("meeting", "check", folder)
    assert before.exit_code == 0
    assert provider.requests[:2] == ["/.well-known/openid-configuration", "/keys"]
    assert (code, lines[0]) == (
        1,
        "meeting.toml, single_sign_on.endpoint_hosts: The provider's token_endpoint is on "
        "oauth2.example.net, not on the issuer's host. If the provider's documentation names that "
        "host, add it to endpoint_hosts.",
    )


def test_a_load_that_removes_many_registrations_needs_yes(files: FolderFiles) -> None:
    invoke_cme("meeting", "load", files.write())
    first = files.texts["attendees.csv"].splitlines()[1]
    files.replace("attendees.csv", f"{first}\n", "")
    folder = files.write()
    plan = [
        "test24: version 2.",
        "  sessions: 0 added, 0 changed, 4 unchanged",
        "  attendees: 0 added, 0 changed, 1 unchanged, 1 removed",
        "  removed, and cannot sign in any more: badges B1; their claims stay",
        "  members: 0 added, 0 changed, 1 unchanged",
    ]
    needs_yes = (
        "To load it needs --yes: it removes more than a tenth of the registrations, or exchanges"
        " what people with claims are known by."
    )
    refused = [*plan, "Nothing was written.", needs_yes]
    assert cme_output("meeting", "load", folder) == (1, [], refused)
    assert cme_output("meeting", "load", folder, "--dry-run") == (0, refused, [])
    assert cme_output("meeting", "load", folder, "--yes") == (0, plan, [])
