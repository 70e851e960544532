"""The field of the name on the certificate, on a phone, in light and in dark."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.devices import PHONE
from tests.support.files.pdfs import page_texts


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, server: CmeServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, color_scheme=request.param, **PHONE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("entered", "fault"),
    [
        ("", "Enter your name."),
        ('=HYPERLINK("http://x","y")', 'A name cannot contain =, ", :.'),
        ("Kim\u202eRivera", "U+202E (right-to-left override)"),
        ("Patrick Eze 𓂀, MD", "The certificate cannot print 𓂀."),
    ],
)
def test_what_is_no_name_is_said_at_the_field_and_stops_submit(
    page: Page, people: Iterator[tuple[str, str]], entered: str, fault: str
) -> None:
    attendee = Attendee(page)
    attendee.sign_in_by_request(*next(people))
    attendee.prepare_claim(SEED[4])
    field = page.get_by_label("Name on certificate")
    picture = page.get_by_role("img", name="On the certificate")
    expect(picture).to_be_visible()
    # Submit follows at once, before the name is sent.
    field.fill(entered)
    attendee.submit()
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(page.locator("#name-on-certificate-error")).to_contain_text(fault)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", re.compile("name-on-certificate-error"))
    expect(picture).to_have_count(0)
    link = summary.get_by_role("link", name="Name on certificate")
    expect(link).to_contain_text(fault)
    # Nothing else is used in its place, after a reload either.
    page.reload()
    expect(field).to_have_value(entered)
    attendee.submit()
    link.click()
    expect(field).to_be_focused()
    field.fill("Kim Rivera 李, MD")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(summary.get_by_role("link", name="Name on certificate")).to_have_count(0)


def test_the_picture_is_of_the_name_that_is_printed(
    page: Page, people: Iterator[tuple[str, str]]
) -> None:
    attendee = Attendee(page)
    attendee.sign_in_by_request(*next(people))
    attendee.prepare_claim(SEED[4])
    field = page.get_by_label("Name on certificate")
    for name in ("王 晓明, MD", "مريم المنصوري, MD", "राजेश त्रिपाठी"):
        field.fill(name)
        picture = page.get_by_role("img", name=f"On the certificate: {name}")
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        assert picture.evaluate("image => image.clientWidth <= innerWidth")
    assert Axe().run(page).violations_count == 0
    page.locator("#attestation").check()
    attendee.submit()
    page.wait_for_url("**/claim")
    page.goto("/receipt")
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download certificate").click()
    assert (
        "certifies that राजेश त्रिपाठी participated"
        in page_texts(download.value.path().read_bytes())[0]
    )
