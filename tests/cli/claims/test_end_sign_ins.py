"""`cme attendees end-sign-ins`: staff end all sign-ins of a registration."""

import json
import re

import pytest

from cme_reflex.settings import settings
from tests.support.cli import cme_output
from tests.support.meetings import MEETING

pytestmark = pytest.mark.usefixtures("chosen_database")


@pytest.fixture(autouse=True)
def current_meeting(chosen_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CME_MEETING", MEETING.code)
    settings.cache_clear()


def test_all_sign_ins_of_a_registration_end_and_the_history_says_why(
    receipt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("attendees", "end-sign-ins", "101", "--reason", "badge lost")
    code, (line,), said = cme_output(*command)
    assert (code, said) == (0, [])
    # The receipt's sign-in was made in 2024, so it has expired.
    assert line == "Kim O'Brien-Núñez Jr, badge 101: 0 sign-ins ended"
    _, lines, _ = cme_output(*command, "--json")
    assert json.loads("\n".join(lines)) == {
        "name": "Kim O'Brien-Núñez Jr",
        "badge": "101",
        "ended": 0,
    }
    monkeypatch.delenv("CME_MEETING")  # `show` writes times in the zone of a meeting's folder
    settings.cache_clear()
    _, lines, _ = cme_output("claims", "show", receipt)
    assert lines[-3] == "registration:"
    for line in lines[-2:]:
        assert re.fullmatch(r"  .* staff \w+: sign-ins ended \(badge lost\)", line)


@pytest.mark.parametrize(
    ("number", "reason", "error"),
    [
        ("999", "r", "No registration has the number 999. Check it."),
        ("101", " ", "A reason is required for the audit log: --reason '…'"),
    ],
)
def test_what_is_wrong_is_said(receipt: str, number: str, reason: str, error: str) -> None:
    assert cme_output("attendees", "end-sign-ins", number, "--reason", reason) == (1, [], [error])
