"""meeting.toml: every fault with its key and its remedy, and the way into JSON and back."""

import json
from datetime import UTC, date, datetime

import pytest

from cme_reflex.domain.meetings.meeting import (
    PaperSize,
    RegistrationType,
    SignInTerms,
    SingleSignOn,
)
from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.meeting_folder.document import meeting_document, meeting_from_document
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from tests.support.files.folder_files import FolderFiles


def found_problems(files: FolderFiles) -> list[tuple[str | None, str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read_meeting(files.write() / "meeting.toml")
    return [(each.column, each.fault, each.remedy) for each in caught.value.problems]


def test_local_times_become_instants(files: FolderFiles) -> None:
    meeting = read_meeting(files.write() / "meeting.toml")
    assert meeting.registration_types == (
        RegistrationType(code="full", label="Full meeting"),
        RegistrationType(code="day", label="One day"),
    )
    assert meeting.additional_days == (date(2024, 9, 19),)
    assert meeting.claim.opens_at == datetime(2024, 9, 26, 15, tzinfo=UTC)
    assert meeting.claim.on_demand_from == datetime(2024, 10, 15, 16, tzinfo=UTC)
    assert meeting.privacy == "What we keep."


def test_a_meeting_survives_the_way_into_json_and_back(files: FolderFiles) -> None:
    meeting = read_meeting(files.write() / "meeting.toml")
    written = json.dumps(meeting_document(meeting))
    assert meeting_from_document(json.loads(written)) == meeting


@pytest.mark.parametrize(
    ("old", "new", "column", "fault", "remedy"),
    [
        ('code = "test24"\n', "", "code", "The key is missing.", "Add it."),
        *(
            (
                'code = "test24"',
                f'code = "{code}"',
                "code",
                f"/{code} cannot be the address of a meeting.",
                "Use 2 to 32 of a–z, 0–9 and -, but no word of the site's addresses: not claim.",
            )
            for code in ("claim", "api", "meetings", "sign-in", "Test24", "a", "a.b", "a" * 33)
        ),
        ('name = "The T', 'nam = "The T', None, "", ""),
        (
            "2024-09-29\n",
            "2024-09-25\n",
            "ends_on",
            "The meeting ends before it starts.",
            "Check starts_on and ends_on.",
        ),
        (
            'boards = ["ABS", "ABOHNS"]\n',
            'boards = ["ABS", "ABPS"]\n',
            "reporting.boards",
            "PARS does not report to the board 'ABPS'.",
            "Use some of: ABA, ABIM, ABOHNS, ABOS, ABP, ABPath, ABPMR, ABS, ABTS.",
        ),
        (
            'name = "PARS"\n',
            'name = "PARS"\npars_activity_id = "20241234"\n',
            "reporting.pars_activity_id",
            "'20241234' is not a PARS activity ID.",
            "Write its nine digits.",
        ),
        (
            "America/Los_Angeles",
            "America/San_Diego",
            "time_zone",
            "There is no time zone 'America/San_Diego'.",
            "Write its name in the tz database, such as America/Los_Angeles.",
        ),
        (
            "America/Los_Angeles",
            "../../etc/passwd",
            "time_zone",
            "There is no time zone '../../etc/passwd'.",
            "Write its name in the tz database, such as America/Los_Angeles.",
        ),
        (
            "opens_at = 2024-09-26T08:00:00-07:00",
            "opens_at = 2031-09-26T08:00:00-07:00",
            "claim.closes_at",
            "The claim period closes before it opens.",
            "Check opens_at and closes_at.",
        ),
        (
            "2024-10-15T09:00:00",
            "2024-11-03T01:30:00",
            "claim.on_demand_from",
            "The clocks of America/Los_Angeles change at 2024-11-03T01:30:00.",
            "Write it with its offset, such as 2024-11-03T01:30:00-06:00.",
        ),
        (
            'accent = "',
            'acent = "',
            "look.acent",
            "The key 'acent' is unknown here.",
            "Did you mean accent?",
        ),
        (
            'label = "One day"\n',
            'label = "One day"\n[[registration_types]]\ncode = "full"\nlabel = "Again"\n',
            "registration_types",
            "Two registration types have the code 'full'.",
            "Make each code unique.",
        ),
        (
            'kind = "scale"',
            'kind = "stars"',
            "overall_evaluation[1].kind",
            "'stars' is not known here.",
            "Write 'yes_no', 'scale', 'one_of', 'some_of' or 'text'.",
        ),
        (
            "points = 5",
            "points = 12",
            "overall_evaluation[1]",
            "question 'bias': a scale has 3 to 10 points.",
            "Correct it.",
        ),
        (
            'key = "change"',
            'key = "bias"',
            "overall_evaluation",
            "two questions with the key 'bias'.",
            "Correct it.",
        ),
        (
            "required = true",
            'requird = "yes"',
            "overall_evaluation[1].requird",
            "The key 'requird' is unknown here.",
            "Did you mean required?",
        ),
        (
            'text = "What we keep."',
            "text = 3",
            "privacy.text",
            "Input should be a valid string.",
            "Write a text in quotes.",
        ),
    ],
)
def test_a_fault_is_reported_with_its_key(
    files: FolderFiles, old: str, new: str, column: str | None, fault: str, remedy: str
) -> None:
    files.replace("meeting.toml", old, new)
    expected = [(column, fault, remedy)]
    if column is None:
        expected = [
            ("nam", "The key 'nam' is unknown here.", "Did you mean name?"),
            ("name", "The key is missing.", "Add it."),
        ]
    elif column == "look.acent":
        expected.append(("look.accent", "The key is missing.", "Add it."))
    assert found_problems(files) == expected


def test_a_date_without_a_time_does_not_pass_for_midnight(files: FolderFiles) -> None:
    files.replace("meeting.toml", "2030-12-31T23:59:00-08:00", "2030-12-31")
    [(column, _, remedy)] = found_problems(files)
    assert (column, remedy) == (
        "claim.closes_at",
        "Write a date and time, such as 2024-09-26T08:00:00.",
    )


def test_invalid_toml_is_reported_with_its_line(files: FolderFiles) -> None:
    files.replace("meeting.toml", 'code = "test24"', "code = test24")
    with pytest.raises(InvalidInput) as caught:
        read_meeting(files.write() / "meeting.toml")
    [problem] = caught.value.problems
    assert str(problem) == (
        "meeting.toml, row 2: This is not valid TOML: Invalid value. Correct that line."
    )


SSO = """
[single_sign_on]
issuer = "https://login.example.org"
client_id = "cme"
label = "Sign in with Example"
"""


def test_single_sign_on_is_read_with_the_usual_claim(files: FolderFiles) -> None:
    files.texts["meeting.toml"] += SSO
    assert read_meeting(files.write() / "meeting.toml").single_sign_on == SingleSignOn(
        issuer="https://login.example.org",
        client_id="cme",
        label="Sign in with Example",
        username_claim="preferred_username",
    )


def test_a_badge_alone_is_enough_unless_the_meeting_refuses_it(files: FolderFiles) -> None:
    assert read_meeting(files.write() / "meeting.toml").sign_in == SignInTerms(badge_alone=True)
    files.texts["meeting.toml"] += "\n[sign_in]\nbadge_alone = false\n"
    assert read_meeting(files.write() / "meeting.toml").sign_in == SignInTerms(badge_alone=False)


@pytest.mark.parametrize(
    ("line", "column", "remedy"),
    [
        ('badge_alone = "perhaps"', "sign_in.badge_alone", "Write true or false."),
        ("badge_only = true", "sign_in.badge_only", "Did you mean badge_alone?"),
    ],
)
def test_a_fault_in_the_terms_of_the_sign_in_is_reported(
    files: FolderFiles, line: str, column: str, remedy: str
) -> None:
    files.texts["meeting.toml"] += f"\n[sign_in]\n{line}\n"
    ((found, _, said),) = found_problems(files)
    assert (found, said) == (column, remedy)


def test_without_a_table_there_is_no_single_sign_on(files: FolderFiles) -> None:
    assert read_meeting(files.write() / "meeting.toml").single_sign_on is None


@pytest.mark.parametrize(
    ("old", "new", "told_of"),
    [
        (
            "https://",
            "http://",
            (
                "single_sign_on",
                "'http://login.example.org' is not an issuer such as https://login.example.org.",
                "Correct it.",
            ),
        ),
        (
            'client_id = "cme"',
            "",
            ("single_sign_on.client_id", "The key is missing.", "Add it."),
        ),
        (
            "label",
            "labels",
            (
                "single_sign_on.labels",
                "The key 'labels' is unknown here.",
                "Did you mean label?",
            ),
        ),
    ],
)
def test_a_fault_in_single_sign_on_is_reported(
    files: FolderFiles, old: str, new: str, told_of: tuple[str, str, str]
) -> None:
    files.texts["meeting.toml"] += SSO.replace(old, new)
    assert told_of in found_problems(files)


def test_certificates_are_for_letter_paper_unless_the_meeting_says_a4(files: FolderFiles) -> None:
    assert read_meeting(files.write() / "meeting.toml").paper is PaperSize.LETTER
    files.replace("meeting.toml", 'format = "live activity"', 'format = "Live"\npaper = "a4"')
    assert read_meeting(files.write() / "meeting.toml").paper is PaperSize.A4
    files.replace("meeting.toml", 'paper = "a4"', 'paper = "legal"')
    assert found_problems(files) == [
        ("paper", "'legal' is not known here.", "Write 'letter' or 'a4'.")
    ]


@pytest.mark.parametrize("version", ["0", "-1", '"7"', "true", "1.5"])
def test_a_folder_is_based_on_a_version_or_on_none(files: FolderFiles, version: str) -> None:
    files.texts["meeting.toml"] = f"based_on_version = {version}\n{files.texts['meeting.toml']}"
    with pytest.raises(InvalidInput, match="This is not the number of a version"):
        read_meeting(files.write() / "meeting.toml")
