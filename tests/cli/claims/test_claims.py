"""`cme claims`: showing and reopening claims."""

import json
import re
from datetime import UTC, datetime

import pytest

from tests.support.cli import cme_output

pytestmark = pytest.mark.usefixtures("chosen_database")

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)


def test_staff_see_a_claim_with_its_versions_and_its_history(receipt: str) -> None:
    code, lines, said = cme_output("claims", "show", receipt.lower().replace("-", " "))
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
    code, lines, _ = cme_output("claims", "reopen", receipt, *why)
    assert code == 0
    assert lines[1] == "status: reopened until Feb 23, 2031, 1:00 pm PT"
    assert re.fullmatch(
        rf"  .* staff \w+: submitted → reopened, {receipt} \(A session was forgotten\)", lines[-1]
    )
    twice = cme_output("claims", "reopen", receipt, *why)
    assert twice == (1, [], ["The claim is already reopened; it is not submitted."])


def test_staff_withdraw_a_claim_once_and_may_reopen_it(receipt: str) -> None:
    why = ("--reason", "Attended another meeting")
    code, lines, _ = cme_output("claims", "withdraw", receipt.lower(), *why)
    assert code == 0
    assert lines[1:3] == [
        "status: withdrawn",
        (
            f"version 1: {receipt}, Nov 1, 2024, 5:00 am PT, 1.50 Category 1, of which 0.50 "
            "Patient Safety, withdrawn"
        ),
    ]
    assert re.fullmatch(
        rf"  .* staff \w+: submitted → withdrawn, {receipt} \(Attended another meeting\)", lines[-1]
    )
    assert cme_output("claims", "withdraw", receipt, *why) == (
        1,
        [],
        ["The claim is already withdrawn."],
    )
    code, lines, _ = cme_output(
        "claims", "reopen", receipt, "--reason", "r", "--until", "2031-02-23T13:00", "--json"
    )
    record = json.loads("\n".join(lines))
    assert (code, record["status"], record["states"]) == (0, "reopened", ["withdrawn"])


def test_a_claim_is_not_withdrawn_without_a_reason(receipt: str) -> None:
    assert cme_output("claims", "withdraw", receipt, "--reason", " ") == (
        1,
        [],
        ["A reason is required for the audit log: --reason '…'"],
    )


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
    code, lines, errors = cme_output(
        "claims", "reopen", receipt, "--reason", reason, "--until", until
    )
    assert (code, lines) == (1, [])
    assert errors[0].startswith(said)


def test_an_unknown_receipt_is_told(receipt: str) -> None:
    for words in (
        ("show",),
        ("reopen", "--reason", "r", "--until", "2031-02-23T13:00"),
        ("withdraw", "--reason", "r"),
    ):
        assert cme_output("claims", words[0], "TEST24-0000-0000", *words[1:]) == (
            1,
            [],
            ["No claim has the receipt TEST24-0000-0000. Check the number."],
        )


def test_a_program_reads_the_same_claim_as_json(receipt: str) -> None:
    code, lines, said = cme_output("claims", "show", receipt, "--json")
    assert (code, said) == (0, [])
    record = json.loads("\n".join(lines))
    assert (record["badge"], record["status"]) == ("101", "submitted")
    assert [version["number"] for version in record["receipts"]] == [receipt]
    assert record["history"][0]["at"] == "2024-11-01T12:00:00Z"
