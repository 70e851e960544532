"""Posted forms as no page of this site sends them."""

import httpx
import pytest

from cme_reflex.routes import (
    CHOOSE_REGISTRATION,
    SEND_LINK,
    SET_PASSWORD,
    SIGN_IN,
    SIGN_OUT,
    USE_LINK,
)
from tests.support.web import status_and_location

BADGE = {"way": "badge", "last_name": "Smith", "number": "102"}
POST_PATHS = [SIGN_IN, CHOOSE_REGISTRATION, SIGN_OUT, SEND_LINK, USE_LINK, SET_PASSWORD]
FORM_TYPE = b"application/x-www-form-urlencoded"


@pytest.mark.parametrize("length", ["", "1", "x", "-1", "1e3", "²", "9" * 5_000])
async def test_a_form_is_counted_whatever_its_length_says(
    client: httpx.AsyncClient, length: str
) -> None:
    headers = {b"content-length": length.encode(), b"content-type": FORM_TYPE}
    answer = await client.post("/sign-in", content=b"x" * 8_193, headers=headers)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    form = b"way=badge&last_name=Smith&number=102"
    answer = await client.post("/sign-in", content=form, headers=headers)
    assert status_and_location(answer) == (303, "/claim")


ALL_FIELDS = ["way", "last_name", "number", "username", "password", "registration", "email",
              "token", "again"]  # fmt: skip


@pytest.mark.parametrize(
    "value", ["\0", "a\0b", "\r\nX: y", "\x1b[2J", "\x85", "\ud7ff", "\U0010ffff"]
)
@pytest.mark.parametrize(
    "path",
    [path for path in POST_PATHS if path != SIGN_OUT],
)
async def test_control_characters_in_any_field_are_no_failure(
    client: httpx.AsyncClient, path: str, value: str
) -> None:
    for way in ("badge", "member"):
        form = dict.fromkeys(ALL_FIELDS, value) | {"way": way}
        assert (await client.post(path, data=form)).status_code == 303


@pytest.mark.parametrize(
    "content",
    [b"&" * 8_000, b"a=b&" * 2_000, b"\xff=\xff", b"=", b"%"],
)
async def test_an_odd_form_is_an_empty_one(client: httpx.AsyncClient, content: bytes) -> None:
    headers = {b"content-type": FORM_TYPE}
    answer = await client.post("/sign-in", content=content, headers=headers)
    assert status_and_location(answer) == (303, "/#missing")


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=x; charset=undefined",
        "text/plain",
        "\xff",
    ],
)
async def test_a_form_of_another_media_type_is_an_empty_one(
    client: httpx.AsyncClient, kind: str
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="last_name"\r\n\r\nSmith\r\n--x--\r\n'
    headers = {b"content-type": kind.encode("latin-1")}
    answer = await client.post("/sign-in", content=part, headers=headers)
    assert status_and_location(answer) == (303, "/#missing")


async def test_signing_out_clears_caches_but_neither_waiting_taps_nor_other_cookies(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/sign-in", data=BADGE)
    assert (await client.post("/sign-out")).headers["clear-site-data"] == '"cache"'


@pytest.mark.parametrize(
    "origin", ["http://[", "http://]", "//", "[", "http://[::1", "\xff", "x" * 5_000]
)
@pytest.mark.parametrize(
    "path", [SIGN_IN, CHOOSE_REGISTRATION, SIGN_OUT, SEND_LINK, USE_LINK, SET_PASSWORD]
)
async def test_a_malformed_origin_is_another_site(
    client: httpx.AsyncClient, path: str, origin: str
) -> None:
    headers = {b"origin": origin.encode("latin-1")}
    assert (await client.post(path, headers=headers)).status_code == 403
