"""Tokens that nobody was given write nothing: who makes them up must not occupy the database."""

import httpx
import pytest

from tests.support.database.statements import counted_writes
from tests.support.web import status_and_location

UNKNOWN = "x" * 43
COOKIES = "; ".join(
    f"{name}={UNKNOWN}"
    for name in (
        "cme_sign_in",
        "cme_choice",
        "cme_departure",
        "cme_known_browser",
        "cme_password_link",
    )
)
PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("method", "path", "form", "location"),
    [
        ("POST", "/sign-out", {}, "/#signed-out"),
        ("POST", "/sign-in/registration", {"registration": "1"}, "/#choice-expired"),
        ("POST", "/link/use", {"token": UNKNOWN}, "/sign-in-link#link-unknown"),
        (
            "POST",
            "/password/set",
            {"password": PASSWORD, "again": PASSWORD},
            "/sign-in-link#link-unknown",
        ),
        ("GET", "/sign-in/sso/callback?code=x&state=y", {}, "/"),
        ("GET", "/claim", {}, "/"),
        ("GET", "/certificate/TEST24-7K3M-9QX2.pdf", {}, None),
        ("GET", "/account/transcript.pdf", {}, "/"),
    ],
)
async def test_an_unknown_token_writes_nothing(
    client: httpx.AsyncClient, method: str, path: str, form: dict[str, str], location: str | None
) -> None:
    with counted_writes() as writes:
        response = await client.request(method, path, data=form, headers={"cookie": COOKIES})
    assert response.status_code < 500
    if location is not None:
        assert status_and_location(response)[1].startswith(location)
    assert writes == []
