"""The sign-in page in response to a form that needs a second number."""

from pathlib import Path

import httpx
import pytest

from cme_reflex.domain.sign_in.second_number import FAILURES
from cme_reflex.web.pages import sign_in_page
from tests.support.web import status_and_location

BUILT = (
    '<html><head><link rel="modulepreload" href="/a.js"/><script>1</script></head><body>'
    '<form method="post" action="/sign-in"><div id="second-number">why</div>'
    '<div id="numbers-not-recognised">wrong</div>'
    '<input id="last-name" name="last_name"/><input id="number" name="number"/>'
    '<div data-second-number=""><input id="f" name="second_number"/></div></form>'
    '<script type="module">\nimport "/a.js"\n</script></body></html>'
)
BADGE = {"way": "badge", "last_name": 'Smith "><b>', "number": "102"}


def test_it_shows_one_message_and_the_field_and_what_was_typed() -> None:
    page = sign_in_page.fill(BUILT, "second-number", {"last_name": 'O"<b>', "number": "1"})
    assert page == (
        '<html><head></head><body><form method="post" action="/sign-in">'
        '<div data-shown="" id="second-number">why</div>'
        '<div id="numbers-not-recognised">wrong</div>'
        '<input id="last-name" value="O&quot;&lt;b&gt;" name="last_name"/>'
        '<input id="number" value="1" name="number"/>'
        '<div data-second-number="asked"><input id="f" value="" name="second_number"/></div>'
        "</form></body></html>"
    )


async def test_the_route_answers_with_it(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "index.html"
    built.write_text(BUILT, "utf-8")
    monkeypatch.setattr(sign_in_page, "BUILT_PAGE", built)
    for guess in range(FAILURES.capacity):
        await client.post("/sign-in", data=BADGE | {"number": f"9{guess}"})
    asked = await client.post("/sign-in", data=BADGE)
    assert (asked.status_code, asked.headers["cache-control"]) == (200, "no-store")
    assert 'data-shown="" id="second-number"' in asked.text
    assert 'value="Smith &quot;&gt;&lt;b&gt;" name="last_name"' in asked.text
    wrong = await client.post("/sign-in", data=BADGE | {"second_number": "x"})
    assert 'data-shown="" id="numbers-not-recognised"' in wrong.text
    assert 'value="x" name="second_number"' in wrong.text
    both = BADGE | {"last_name": "Smith", "second_number": "CONF102"}
    assert status_and_location(await client.post("/sign-in", data=both)) == (303, "/claim")
    await client.post("/sign-out")
    known = BADGE | {"last_name": "Smith"}
    assert status_and_location(await client.post("/sign-in", data=known)) == (303, "/claim")


async def test_without_built_pages_the_fragment_shows_the_field(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_page, "BUILT_PAGE", tmp_path / "missing.html")
    for guess in range(FAILURES.capacity):
        await client.post("/sign-in", data=BADGE | {"number": f"9{guess}"})
    assert status_and_location(await client.post("/sign-in", data=BADGE)) == (
        303,
        "/#second-number",
    )


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("page=/reporting&way=link", "/sign-in-link"),
        ("page=/reporting&way=account", "/#step-up"),
        ("", "/#step-up"),
    ],
)
async def test_a_step_up_returns_to_the_page(
    client: httpx.AsyncClient, query: str, address: str
) -> None:
    badge = {"way": "badge", "last_name": "Smith", "number": "102"}
    await client.post("/sign-in", data=badge)
    answer = await client.get(f"/sign-in/step-up?{query}")
    assert status_and_location(answer) == (303, address)
    assert (await client.get("/")).text == "page /"
    back = "/reporting" if query else "/claim"
    assert status_and_location(await client.post("/sign-in", data=badge)) == (303, back)
    assert status_and_location(await client.get("/")) == (303, "/claim")


async def test_a_step_up_returns_to_no_other_site(client: httpx.AsyncClient) -> None:
    await client.get("/sign-in/step-up?page=https://evil.example&way=link")
    badge = {"way": "badge", "last_name": "Smith", "number": "102"}
    assert status_and_location(await client.post("/sign-in", data=badge)) == (303, "/claim")
