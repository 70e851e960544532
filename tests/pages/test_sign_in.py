"""The sign-in page, with and without single sign-on."""

from collections.abc import Iterator
from typing import Any

import pytest

from cme_reflex import text
from cme_reflex.pages import sign_in


def elements(component: dict[str, Any], *, sso: bool) -> Iterator[str]:
    """The elements of a rendered component, for a meeting with or without single sign-on."""
    props = [str(prop) for prop in component.get("props", [])]
    if component.get("name") == "WhenFact" and 'name:"single_sign_on"' in props:
        if f"absent:{str(sso).lower()}" in props:
            return
    else:
        yield f"{component.get('name', '')} {' '.join(props)} {component.get('contents', '')}"
    for child in component.get("children", []):
        yield from elements(child, sso=sso)


def page(*, sso: bool) -> str:
    return "\n".join(elements(sign_in.sign_in().render(), sso=sso))


def test_without_single_sign_on_there_is_a_password_form() -> None:
    shown = page(sso=False)
    assert 'type:"password"' in shown
    assert "/sign-in/sso" not in shown


def test_single_sign_on_replaces_the_password_form() -> None:
    shown = page(sso=True)
    assert 'type:"password"' not in shown
    assert "/sign-in/sso" in shown
    assert 'meeting?.["single_sign_on"]' in shown
    assert "Badge/Confirmation Number" in shown


@pytest.mark.parametrize("sso", [False, True])
def test_every_code_of_the_server_has_a_message(sso: bool) -> None:
    shown = page(sso=sso)
    for_passwords = {"member-not-recognised", "member-missing"}
    for_single_sign_on = {code for code in text.sign_in.ERRORS if code.startswith("sso-")}
    waits = {f"wait-{minutes}" for minutes in text.sign_in.WAITS}
    codes = set(text.sign_in.ERRORS) | waits | {"signed-out", "browser-forgotten"}
    expected = codes - (for_passwords if sso else for_single_sign_on)
    assert {code for code in codes if f'id:"{code}"' in shown} == expected
    assert all(shown.count(f'id:"{code}"') == 1 for code in expected - {"step-up"})
