"""`cme mail` and `cme members`: what staff see of messages, and what they set going."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cme_reflex.services.meetings.branding import current_meeting
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.authentication import authenticate, sign_in_with_badge
from cme_reflex.settings import settings
from cme_reflex.store import migrate
from cme_reflex.store.database import close_database, open_database
from tests.cli.test_commands import chosen_database, settings_of_others, told
from tests.services.claims.test_reminders import begin_claim
from tests.support.files.folder_files import FolderFiles
from tests.support.mail import FOLDER_WITH_ADDRESSES
from tests.support.meetings import MEETING
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server

__all__ = ["chosen_database", "settings_of_others"]

DEADLINE = "Dec 31, 2030, 3:00 pm PT"


@pytest.fixture(autouse=True)
def server(
    unmigrated_url: str, monkeypatch: pytest.MonkeyPatch, files: FolderFiles
) -> Iterator[LocalSmtpServer]:
    """The meeting with addresses, 101 who has begun, and a mail server in the settings."""

    async def begun() -> None:
        await migrate.upgrade(unmigrated_url)
        open_database(unmigrated_url)
        programme_cache.clear()
        now = datetime(2024, 11, 1, 12, tzinfo=UTC)
        await load_meeting(FOLDER_WITH_ADDRESSES, now=now)
        for name, badge in (("O'Brien-Núñez", "101"), ("Nowhere", "104")):
            token = await sign_in_with_badge(MEETING.code, name, badge, now=now)
            await begin_claim(await authenticate(MEETING.code, token, now=now), now)
        await close_database()

    asyncio.run(begun())
    files.folder = files.folder.parent / MEETING.code
    folder = files.write()
    with run_smtp_server() as server:
        for name, value in {
            "CME_MEETING": MEETING.code,
            "CME_MEETINGS": str(folder.parent),
            "CME_SMTP_URL": server.url,
            "CME_MAIL_FROM": "cme@example.org",
            "CME_PUBLIC_URL": "https://cme.example.org/",
        }.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        current_meeting.cache_clear()
        yield server
    current_meeting.cache_clear()


def test_reminders_are_posted_sent_and_told(server: LocalSmtpServer) -> None:
    would = ["  would be reminded: 1 (101)", "  without an e-mail address: 1 (104)"]
    assert told("mail", "remind", "--dry-run")[:2] == (
        0,
        ["test24, deadline " + DEADLINE + ":", *would],
    )
    assert told("mail", "status") == (0, ["test24: 0 messages"], [])
    assert told("mail", "remind")[1][1] == "  reminded: 1 (101)"
    assert told("mail", "remind")[1][1:3] == ["  reminded: nobody", "  reminded before: 1 (101)"]
    assert told("mail", "status") == (0, ["test24: 1 message", "  reminder: 1 waiting"], [])
    sent = ["1 sent, 0 to be tried again, 0 dead, 0 withdrawn"]
    assert told("mail", "send") == (0, sent, [])
    assert told("mail", "status") == (0, ["test24: 1 message", "  reminder: 1 sent"], [])
    assert [taken.link() for taken in server.received] == ["https://cme.example.org/claim"]


def test_a_dead_letter_is_listed_and_tried_again(server: LocalSmtpServer) -> None:
    server.behavior = {"RCPT": "550 no such user"}
    assert told("members", "invite", "kim") == (0, ["invited: 1 (kim)"], [])
    assert told("mail", "send")[1] == ["0 sent, 0 to be tried again, 1 dead, 0 withdrawn"]
    code, lines, said = told("mail", "status")
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
    assert told("mail", "retry", "1", "9") == (
        1,
        [],
        ["Neither dead nor uncertain: 9. Nothing was changed; see cme mail status."],
    )
    waiting = ["1  invitation to kim@example.org: waiting again"]
    assert told("mail", "retry", "1") == (0, waiting, [])
    server.behavior = {}
    assert told("mail", "send")[1] == ["1 sent, 0 to be tried again, 0 dead, 0 withdrawn"]


def test_a_server_that_is_away_is_a_fault_and_nothing_is_lost(server: LocalSmtpServer) -> None:
    server.behavior = {"MAIL": "421 closing"}
    told("mail", "remind")
    code, lines, (said,) = told("mail", "send")
    assert (code, lines) == (1, ["0 sent, 0 to be tried again, 0 dead, 0 withdrawn"])
    assert said.startswith("Nothing more can be sent at the moment: 127.0.0.1:")
    code, lines, _ = told("mail", "status")
    assert lines[:3] == [
        "test24: 1 message",
        "  reminder: 1 waiting",
        "tried, and waiting for the next attempt:",
    ]


def test_programs_read_the_same_as_json(server: LocalSmtpServer) -> None:
    reminded = json.loads("\n".join(told("mail", "remind", "--json")[1]))
    assert reminded == {
        "meeting": "test24",
        "deadline": "2030-12-31T23:00:00Z",
        "dry_run": False,
        "reminded": ["101"],
        "before": [],
        "without_address": ["104"],
        "too_late": [],
    }
    invited = json.loads("\n".join(told("members", "invite", "--json")[1]))
    assert (invited["invited"], invited["without_address"]) == (["kim"], ["noaddress"])
    sent = json.loads("\n".join(told("mail", "send", "--json")[1]))
    assert sent == {"sent": 2, "deferred": 0, "dead": 0, "withdrawn": 0, "unavailable": ""}
    status = json.loads("\n".join(told("mail", "status", "--json")[1]))
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
    assert told("members", "invite", "kim", "nobody") == (
        1,
        [],
        ["There is no member nobody. Nobody was invited."],
    )
    monkeypatch.setenv("CME_MEETING", "other")
    settings.cache_clear()
    expected = [
        "The meeting other was never loaded here. "
        "Choose another with CME_MEETING, or load it: cme meeting load"
    ]
    for words in (("mail", "status"), ("mail", "remind"), ("mail", "retry", "1")):
        assert told(*words) == (1, [], expected)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"CME_PUBLIC_URL": ""}, "CME_PUBLIC_URL is missing, and messages have links. "),
        ({"CME_MAIL_FROM": ""}, "CME_MAIL_FROM is missing, and CME_SMTP_URL is set. "),
        ({"CME_SMTP_URL": "mail.example.org"}, "CME_SMTP_URL: Value error, Write smtp://"),
        ({"CME_MAIL_FROM": "cme"}, "CME_MAIL_FROM: Value error, This is not an e-mail address."),
        ({"CME_PUBLIC_URL": "cme.example.org"}, "CME_PUBLIC_URL: Value error, Write scheme"),
    ],
)
def test_a_setting_that_keeps_mail_from_being_sent_is_named(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], said: str
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    code, lines, (error,) = told("mail", "send")
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
    told("members", "invite")
    assert told("mail", "send")[1] == ["1 sent, 0 to be tried again, 0 dead, 0 withdrawn"]
    (file,) = folder.iterdir()
    assert (file.name.partition(".")[0], file.suffix) == ("invitation", ".eml")
    assert b"From: SOT CME <no-reply@cme.example.org>\r\n" in file.read_bytes()
