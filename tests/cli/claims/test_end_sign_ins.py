"""`cme attendees end-sign-ins`: staff end all sign-ins of a registration."""

import json
import re

import pytest

from tests.support.cli import cme_output

pytestmark = pytest.mark.usefixtures("chosen_database")


def test_all_sign_ins_of_a_registration_end_and_the_history_says_why(receipt: str) -> None:
    command = ("attendees", "end-sign-ins", "101", "--reason", "badge lost")
    code, (line,), said = cme_output(*command)
    assert (code, said) == (0, [])
    # The receipt's sign-in was made in 2024, so it has expired.
    assert line == "Kim O'Brien-Núñez Jr, badge 101: 0 sign-ins ended"
    _, lines, _ = cme_output("claims", "show", receipt)
    assert lines[-2] == "registration:"
    assert re.fullmatch(r"  .* staff \w+: sign-ins ended \(badge lost\)", lines[-1])
    _, lines, _ = cme_output(*command, "--json")
    assert json.loads("\n".join(lines)) == {
        "name": "Kim O'Brien-Núñez Jr",
        "badge": "101",
        "ended": 0,
    }


@pytest.mark.parametrize(
    ("number", "reason", "error"),
    [
        ("999", "r", "No registration has the number 999. Check it."),
        ("101", " ", "A reason is required for the audit log: --reason '…'"),
    ],
)
def test_what_is_wrong_is_said(receipt: str, number: str, reason: str, error: str) -> None:
    assert cme_output("attendees", "end-sign-ins", number, "--reason", reason) == (1, [], [error])
