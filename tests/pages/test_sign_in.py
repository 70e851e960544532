"""The built sign-in page, with and without single sign-on."""

from dataclasses import replace

import pytest

from cme_reflex import text
from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.pages import sign_in
from tests.support.meetings import MEETING

SOCIETY = SingleSignOn(
    issuer="https://login.example.org", client_id="cme", label="Sign in with Example"
)


def built(monkeypatch: pytest.MonkeyPatch, sso: SingleSignOn | None) -> str:
    meeting = replace(MEETING, single_sign_on=sso)
    monkeypatch.setattr(sign_in, "current_meeting", lambda: meeting)
    return str(sign_in.sign_in().render())


def test_without_single_sign_on_there_is_a_password_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = built(monkeypatch, None)
    assert 'type:"password"' in page
    assert "/sign-in/sso" not in page


def test_single_sign_on_replaces_the_password_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = built(monkeypatch, SOCIETY)
    assert 'type:"password"' not in page
    assert "/sign-in/sso" in page
    assert "Sign in with Example" in page
    assert "Badge/Confirmation Number" in page


@pytest.mark.parametrize("sso", [None, SOCIETY])
def test_every_code_of_the_server_has_a_message(
    monkeypatch: pytest.MonkeyPatch, sso: SingleSignOn | None
) -> None:
    page = built(monkeypatch, sso)
    for_passwords = {"member-not-recognised", "member-missing"}
    for_single_sign_on = {code for code in text.sign_in.ERRORS if code.startswith("sso-")}
    waits = {f"wait-{minutes}" for minutes in text.sign_in.WAITS}
    codes = set(text.sign_in.ERRORS) | waits | {"signed-out"}
    expected = codes - (for_passwords if sso else for_single_sign_on)
    assert {code for code in codes if f'id:"{code}"' in page} == expected
