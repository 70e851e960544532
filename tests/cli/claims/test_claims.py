"""`cme claims`: showing and reopening claims."""

import asyncio
import json
import re
from datetime import UTC, datetime

import pytest

from cme_reflex.services.claims import claim
from cme_reflex.services.claims.submission import submit_claim
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.authentication import authenticate, sign_in_with_badge
from cme_reflex.store import migrate
from cme_reflex.store.database import close_database, open_database
from tests.cli.test_commands import chosen_database, settings_of_others, told
from tests.services.claims.test_submission import complete_draft
from tests.support.meetings import FOLDER, MEETING

__all__ = ["chosen_database", "settings_of_others"]

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def receipt(unmigrated_url: str) -> str:
    """The receipt number of a submitted claim."""

    async def submitted() -> str:
        await migrate.upgrade(unmigrated_url)
        open_database(unmigrated_url)
        programme_cache.clear()
        await load_meeting(FOLDER, now=NOW)
        token = await sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=NOW)
        who = await authenticate(MEETING.code, token, now=NOW)
        ids = {session.code: session.id for session in who.programme.sessions.values()}
        revision = await complete_draft(who, ids, NOW)
        number = (await submit_claim(who, revision, attested=True, now=NOW)).number
        assert (await claim.load_summary(who)).claim.status == "submitted"
        await close_database()
        return number

    return asyncio.run(submitted())


def test_staff_see_a_claim_with_its_versions_and_its_history(receipt: str) -> None:
    code, lines, said = told("claims", "show", receipt.lower().replace("-", " "))
    assert (code, said) == (0, [])
    assert lines == [
        "Kim O'Brien-Núñez Jr, badge 101",
        "status: submitted",
        (
            f"version 1: {receipt}, Nov 1, 2024, 5:00 am PT, 1.50 Category 1, of which 0.50 "
            "Patient Safety"
        ),
        "  A  1.50  Session A",
        "history:",
        f"  Nov 1, 2024, 5:00 am PT  attendee 1: draft → submitted, {receipt}",
    ]


def test_staff_reopen_a_claim_and_the_history_says_why(receipt: str) -> None:
    why = ("--reason", "A session was forgotten", "--until", "2031-02-23T13:00")
    code, lines, _ = told("claims", "reopen", receipt, *why)
    assert code == 0
    assert lines[1] == "status: reopened until Feb 23, 2031, 1:00 pm PT"
    assert re.fullmatch(
        rf"  .* staff \w+: submitted → reopened, {receipt} \(A session was forgotten\)", lines[-1]
    )
    twice = told("claims", "reopen", receipt, *why)
    assert twice == (1, [], ["The claim is already reopened; it is not submitted."])


@pytest.mark.parametrize(
    ("reason", "until", "said"),
    [
        (" ", "2031-02-23T13:00", "A reason is required for the audit log: --reason '…'"),
        ("r", "tomorrow", "--until tomorrow is not a valid time. Write it as 2026-02-23T13:00."),
        ("r", "2024-01-01T00:00", "--until is over: Jan 1, 2024, 12:00 am PT."),
        (
            "r",
            "2031-03-09T02:30",
            "--until: There is no 2031-03-09T02:30 in America/Los_Angeles.",
        ),
        (
            "r",
            "2031-11-02T01:30",
            "--until: There are two 2031-11-02T01:30 in America/Los_Angeles.",
        ),
    ],
)
def test_a_wrong_reopening_says_what_to_do(
    receipt: str, reason: str, until: str, said: str
) -> None:
    code, lines, errors = told("claims", "reopen", receipt, "--reason", reason, "--until", until)
    assert (code, lines) == (1, [])
    assert errors[0].startswith(said)


def test_an_unknown_receipt_is_told(receipt: str) -> None:
    for words in (("show",), ("reopen", "--reason", "r", "--until", "2031-02-23T13:00")):
        assert told("claims", words[0], "TEST24-0000-0000", *words[1:]) == (
            1,
            [],
            ["No claim has the receipt TEST24-0000-0000. Check the number."],
        )


def test_a_program_reads_the_same_claim_as_json(receipt: str) -> None:
    code, lines, said = told("claims", "show", receipt, "--json")
    assert (code, said) == (0, [])
    record = json.loads("\n".join(lines))
    assert (record["badge"], record["status"]) == ("101", "submitted")
    assert [version["number"] for version in record["receipts"]] == [receipt]
    assert record["history"][0]["at"] == "2024-11-01T12:00:00Z"
