"""`cme mail` and `cme members`: mail queue, reminders and invitations."""

import json

import pytest

from cme_reflex.settings import settings
from tests.support.cli import cme_output
from tests.support.files.folder_files import FolderFiles
from tests.support.servers.smtp_server import LocalSmtpServer

pytestmark = pytest.mark.usefixtures("chosen_database")

DEADLINE = "Dec 31, 2030, 3:00 pm PT"


def test_reminders_are_posted_sent_and_told(server: LocalSmtpServer) -> None:
    would = ["  would be reminded: 1 (101)", "  without an e-mail address: 1 (104)"]
    assert cme_output("mail", "remind", "--dry-run")[:2] == (
        0,
        ["test24, deadline " + DEADLINE + ":", *would],
    )
    assert cme_output("mail", "status") == (0, ["test24: 0 messages"], [])
    assert cme_output("mail", "remind")[1][1] == "  reminded: 1 (101)"
    assert cme_output("mail", "remind")[1][1:3] == [
        "  reminded: nobody",
        "  reminded before: 1 (101)",
    ]
    assert cme_output("mail", "status") == (0, ["test24: 1 message", "  reminder: 1 waiting"], [])
    sent = ["1 sent, 0 to be tried again, 0 dead, 0 withdrawn"]
    assert cme_output("mail", "send") == (0, sent, [])
    assert cme_output("mail", "status") == (0, ["test24: 1 message", "  reminder: 1 sent"], [])
    assert [taken.link() for taken in server.received] == ["https://cme.example.org/test24/claim"]


def test_a_dead_letter_is_listed_and_tried_again(server: LocalSmtpServer) -> None:
    server.behavior = {"RCPT": "550 no such user"}
    assert cme_output("members", "invite", "kim") == (0, ["invited: 1 (kim)"], [])
    assert cme_output("mail", "send")[1] == ["0 sent, 0 to be tried again, 1 dead, 0 withdrawn"]
    code, lines, said = cme_output("mail", "status")
    assert (code, said, lines[:3]) == (
        0,
        [],
        [
            "test24: 1 message",
            "  invitation: 1 dead",
            "dead: cme mail retry ID… tries again:",
        ],
    )
    assert lines[3].startswith("  1  invitation to kim@example.org of ")
    assert lines[3].endswith(": 1 attempt: 550 no such user")
    assert cme_output("mail", "retry", "1", "9") == (
        1,
        [],
        ["Neither dead nor uncertain: 9. Nothing was changed; see cme mail status."],
    )
    waiting = ["1  invitation to kim@example.org: waiting again"]
    assert cme_output("mail", "retry", "1") == (0, waiting, [])
    server.behavior = {}
    assert cme_output("mail", "send")[1] == ["1 sent, 0 to be tried again, 0 dead, 0 withdrawn"]


def test_a_server_that_is_away_is_a_fault_and_nothing_is_lost(server: LocalSmtpServer) -> None:
    server.behavior = {"MAIL": "421 closing"}
    cme_output("mail", "remind")
    code, lines, (said,) = cme_output("mail", "send")
    assert (code, lines) == (1, ["0 sent, 0 to be tried again, 0 dead, 0 withdrawn"])
    assert said.startswith("Nothing more can be sent at the moment: 127.0.0.1:")
    code, lines, _ = cme_output("mail", "status")
    assert lines[:3] == [
        "test24: 1 message",
        "  reminder: 1 waiting",
        "tried, and waiting for the next attempt:",
    ]


def test_programs_read_the_same_as_json(server: LocalSmtpServer) -> None:
    reminded = json.loads("\n".join(cme_output("mail", "remind", "--json")[1]))
    assert reminded == {
        "meeting": "test24",
        "deadline": "2030-12-31T23:00:00Z",
        "dry_run": False,
        "reminded": ["101"],
        "before": [],
        "without_address": ["104"],
        "too_late": [],
    }
    invited = json.loads("\n".join(cme_output("members", "invite", "--json")[1]))
    assert (invited["invited"], invited["without_address"]) == (["kim"], ["noaddress"])
    sent = json.loads("\n".join(cme_output("mail", "send", "--json")[1]))
    assert sent == {"sent": 2, "deferred": 0, "dead": 0, "withdrawn": 0, "unavailable": ""}
    status = json.loads("\n".join(cme_output("mail", "status", "--json")[1]))
    assert status == {
        "meeting": "test24",
        "counts": {"invitation": {"sent": 1}, "reminder": {"sent": 1}},
        "late": [],
        "dead": [],
        "uncertain": [],
    }


def test_an_unknown_member_and_a_meeting_that_is_not_loaded_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cme_output("members", "invite", "kim", "nobody") == (
        1,
        [],
        ["There is no member nobody. Nobody was invited."],
    )
    monkeypatch.setenv("CME_MEETING", "other")
    settings.cache_clear()
    expected = [
        "The meeting other is not loaded. See cme meeting list, or load it: cme meeting load DIR"
    ]
    for words in (("mail", "status"), ("mail", "remind"), ("mail", "retry", "1")):
        assert cme_output(*words) == (1, [], expected)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"CME_PUBLIC_URL": ""}, "CME_PUBLIC_URL is missing, and messages have links. "),
        ({"CME_MAIL_FROM": ""}, "CME_MAIL_FROM is missing, and CME_SMTP_URL is set. "),
        ({"CME_SMTP_URL": "mail.example.org"}, "CME_SMTP_URL: Write smtp://"),
        ({"CME_MAIL_FROM": "cme"}, "CME_MAIL_FROM: This is not an e-mail address."),
        ({"CME_PUBLIC_URL": "cme.example.org"}, "CME_PUBLIC_URL: Write scheme"),
    ],
)
def test_a_setting_that_keeps_mail_from_being_sent_is_named(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], said: str
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    code, lines, (error,) = cme_output("mail", "send")
    assert (code, lines) == (1, [])
    assert error.startswith(said)


def test_without_a_server_mail_goes_to_a_folder(
    monkeypatch: pytest.MonkeyPatch, files: FolderFiles
) -> None:
    folder = files.folder.parent / "mail"
    monkeypatch.setenv("CME_MAIL_FOLDER", str(folder))
    monkeypatch.delenv("CME_SMTP_URL")
    monkeypatch.delenv("CME_MAIL_FROM")
    settings.cache_clear()
    cme_output("members", "invite")
    assert cme_output("mail", "send")[1] == ["1 sent, 0 to be tried again, 0 dead, 0 withdrawn"]
    (file,) = folder.iterdir()
    assert (file.name.partition(".")[0], file.suffix) == ("invitation", ".eml")
    assert b"From: SOT CME <no-reply@cme.example.org>\r\n" in file.read_bytes()
