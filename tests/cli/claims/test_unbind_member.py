"""`cme members unbind`: another account at the single sign-on may have a member's username."""

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


def test_the_command_says_what_has_ended_and_the_history_says_why(
    receipt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("members", "unbind", "KIM", "--reason", "new account")
    # No single sign-on has bound the member yet, and the receipt's sign-in has expired.
    line = "kim: 0 accounts unbound, 0 sign-ins ended"
    assert cme_output(*command) == (0, [line], [])
    _, lines, _ = cme_output(*command, "--json")
    assert json.loads("\n".join(lines)) == {"username": "kim", "subjects": 0, "ended": 0}
    monkeypatch.delenv("CME_MEETING")  # `show` writes times in the zone of a meeting's folder
    settings.cache_clear()
    _, lines, _ = cme_output("claims", "show", receipt)
    assert re.fullmatch(r"  .* staff \w+: .*single sign-on unbound: new account.*", lines[-1])


@pytest.mark.parametrize(
    ("username", "reason", "error"),
    [
        ("nobody", "r", "There is no member nobody. Check it."),
        ("kim", " ", "A reason is required for the audit log: --reason '…'"),
    ],
)
def test_what_is_wrong_is_said(receipt: str, username: str, reason: str, error: str) -> None:
    assert cme_output("members", "unbind", username, "--reason", reason) == (1, [], [error])
