"""First load with an empty cache: bytes, requests, and the page without a server."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cme_reflex.settings import ROOT
from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer

COMPRESSED = 200_000  # bytes of the first load
REQUESTS = 15


def loaded(context: BrowserContext, path: str) -> tuple[int, list[str]]:
    """Bytes on the wire and addresses of a first load, including the socket."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    addresses: list[str] = []
    sizes: list[int] = []
    session.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    session.on("Network.webSocketCreated", lambda event: addresses.append(event["url"]))
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    return sum(sizes), addresses


def test_the_sign_in_is_light(context: BrowserContext) -> None:
    size, addresses = loaded(context, "/")
    assert 0 < size <= COMPRESSED
    assert len(addresses) <= REQUESTS, addresses


def test_the_list_of_sessions_is_light(
    context: BrowserContext, people: Iterator[tuple[str, str]]
) -> None:
    page = context.new_page()
    Attendee(page).sign_in_by_request(*next(people))
    page.close()
    size, addresses = loaded(context, "/pstm24/sessions")
    expect(context.pages[-1].locator("[data-row]").first).to_be_visible()
    assert 0 < size <= COMPRESSED
    assert len(addresses) <= REQUESTS, addresses


def test_link_previews_and_home_screens_find_their_files(page: Page) -> None:
    page.goto("/")
    head = page.locator("head")
    for kind in ("og:title", "og:description", "og:image", "og:image:alt"):
        expect(head.locator(f"meta[property='{kind}']")).to_have_attribute(
            "content", re.compile(r"\S")
        )
    picture = head.locator("meta[property='og:image']").get_attribute("content") or ""
    icon = head.locator("link[rel=apple-touch-icon]").get_attribute("href") or ""
    manifest = head.locator("link[rel=manifest]").get_attribute("href") or ""
    described = json.loads(page.request.get(manifest).text())
    assert described["start_url"] == "/pstm24/claim"
    for address in (picture, icon, *(each["src"] for each in described["icons"])):
        response = page.request.get(address)
        assert response.ok, address
        assert response.body().startswith(b"\x89PNG"), address


def test_a_socket_that_never_answers_is_shown(context: BrowserContext, attendee: Attendee) -> None:
    page = context.new_page()
    page.route_web_socket(re.compile("/_event"), lambda socket: None)
    page.goto("/sessions")
    expect(page.locator("[data-save-message=reconnecting]")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_maintenance_page_needs_no_other_file(
    context: BrowserContext, server: CmeServer, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto((ROOT / ".web" / "build" / "client" / "away.html").as_uri())
    expect(page.get_by_role("heading", name="We will be back in a moment")).to_be_visible()
    button = page.get_by_role("link", name="Try again")
    assert button.evaluate("link => getComputedStyle(link).borderRadius") == "999px"
    assert [address for address in requests if not address.endswith(".svg")] == requests[:1]


@pytest.mark.parametrize(("scheme", "file"), [("light", "logo.svg"), ("dark", "logo-dark.svg")])
@pytest.mark.parametrize("path", ["/pstm24", "/pstm24/nowhere"])
def test_the_meetings_logo_is_beside_its_name(
    page: Page, path: str, scheme: str, file: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    picture = page.locator("picture img")
    shown = "img => [new URL(img.currentSrc).pathname, img.naturalWidth > 0, img.height]"
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate(shown) == [f"/meetings/pstm24/{file}", True, 28]


def test_the_not_found_page_needs_no_script(browser: Browser, server: CmeServer) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    answer = page.goto("/pstm24/nowhere/at/all")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    page.get_by_role("link", name="Go to your claim").click()
    expect(page).to_have_url(f"{server.url}/pstm24")
    context.close()
