"""`cme attendees end-sign-ins` and `cme members unbind`: sign-ins that staff end."""

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


def test_unbinding_says_what_has_ended_and_the_history_says_why(
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
    ("command", "reason", "error"),
    [
        (
            ("attendees", "end-sign-ins", "999"),
            "r",
            "No registration has the number 999. Check it.",
        ),
        (("members", "unbind", "nobody"), "r", "There is no member nobody. Check it."),
        *(
            (command, " ", "A reason is required for the audit log: --reason '…'")
            for command in (("attendees", "end-sign-ins", "101"), ("members", "unbind", "kim"))
        ),
    ],
)
def test_what_is_wrong_is_said(
    receipt: str, command: tuple[str, ...], reason: str, error: str
) -> None:
    assert cme_output(*command, "--reason", reason) == (1, [], [error])
