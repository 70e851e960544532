"""What is tapped or opened while database or network are away: it is said, and it is done later."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from cme_reflex import text
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.devices import DESKTOP
from tests.support.e2e.faults import database_faults
from tests.support.e2e.faults.database_faults import DatabaseSetup
from tests.support.e2e.faults.network_proxy import NetworkProxy

pytestmark = pytest.mark.timeout(600)

RECOVERY = 60_000  # milliseconds; an attempt is made every 10 s at least


def said_of(page: Page, action: str, words: str) -> Locator:
    """The notice that says this of an action."""
    return page.locator(".queue-action").get_by_text(words.format(action=action), exact=True)


def ready_on_submit_page(
    setup: DatabaseSetup, browser: Browser, person: tuple[str, str]
) -> tuple[BrowserContext, Attendee]:
    """An attendee whose claim only has to be submitted, on the page of Submit."""
    context = browser.new_context(base_url=setup.network.url, **DESKTOP)  # type: ignore[arg-type]
    attendee = Attendee(context.new_page())
    attendee.sign_in_by_request(*person)
    attendee.prepare_claim(SEED[1], SEED[4])
    return context, attendee


def write_last_word(page: Page) -> None:
    """Type an answer to the overall evaluation, which cannot be saved at the moment."""
    page.get_by_role("textbox", disabled=False).first.press_sequentially("The last word")


def test_submit_behind_a_change_that_cannot_be_saved_is_said_and_can_be_tapped_again(
    sqlite_setup: DatabaseSetup, browser: Browser, people: Iterator[tuple[str, str]]
) -> None:
    context, attendee = ready_on_submit_page(sqlite_setup, browser, next(people))
    page = attendee.page
    with database_faults.locked(sqlite_setup):
        write_last_word(page)
        attendee.submit()
        expect(said_of(page, "Submit", text.queue.UNSAVED)).to_be_visible()
        page.wait_for_timeout(4_000)
        expect(page).to_have_url(re.compile("/submit$"))
    expect(said_of(page, "Submit", text.queue.READY)).to_be_visible(timeout=RECOVERY)
    attendee.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_be_visible()
    context.close()


def test_submit_that_the_database_does_not_take_is_said_and_can_be_tapped_again(
    sqlite_setup: DatabaseSetup, browser: Browser, people: Iterator[tuple[str, str]]
) -> None:
    context, attendee = ready_on_submit_page(sqlite_setup, browser, next(people))
    page = attendee.page
    with database_faults.locked(sqlite_setup):
        attendee.submit()
        expect(said_of(page, "Submit", text.queue.NOT_POSSIBLE)).to_be_visible(timeout=RECOVERY)
        expect(page.locator("#attestation")).to_be_checked()
    attendee.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_be_visible()
    context.close()


@pytest.mark.parametrize("choice", [text.queue.LOG_OUT_LATER, text.queue.LOG_OUT_DISCARD])
def test_log_out_asks_what_becomes_of_changes_that_are_not_saved(
    sqlite_setup: DatabaseSetup, browser: Browser, people: Iterator[tuple[str, str]], choice: str
) -> None:
    is_discarded = choice == text.queue.LOG_OUT_DISCARD
    last_name, badge = next(people)
    context = browser.new_context(base_url=sqlite_setup.network.url, **DESKTOP)  # type: ignore[arg-type]
    attendee = Attendee(context.new_page())
    page = attendee.page
    attendee.sign_in_by_request(last_name, badge)
    attendee.open_sessions()
    title = attendee.rows.first.get_by_role("heading", level=3).inner_text()
    add = attendee.row(title).get_by_role("button")
    log_out = page.get_by_role("button", name=text.shell.LOG_OUT)
    asked = page.locator(".queue-action").filter(has_text="1 change is not saved yet.")
    with database_faults.locked(sqlite_setup):
        add.click()
        log_out.click()
        expect(asked).to_be_focused()
        asked.get_by_role("button", name=text.queue.STAY).click()
        expect(asked).to_have_count(0)
        attendee.wait_after_tap()
        log_out.click()
        expect(asked).to_be_visible()
        asked.get_by_role("button", name=choice).click()
        if is_discarded:  # a sign-out is a change, too
            expect(
                page.get_by_role("heading", name=text.error_pages.UNAVAILABLE.title)
            ).to_be_visible()
        else:
            expect(said_of(page, text.shell.LOG_OUT, text.queue.WAITS)).to_be_visible()
    if is_discarded:
        page.goto("/claim")
        expect(page.locator(".queue-waiting")).to_have_count(0)
        log_out.click()
    expect(page.get_by_label("Last Name")).to_be_visible(timeout=RECOVERY)
    stored = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('cme_queue'))")
    assert stored == []
    attendee.sign_in_by_request(last_name, badge)
    expect(page.get_by_role("link", name="Add Sessions").first).to_be_visible()
    if not is_discarded:
        expect(page.locator("#lines h4")).to_have_text([title])
    context.close()


def test_a_page_that_is_opened_while_the_database_is_away_fills_by_itself(
    postgresql_setup: DatabaseSetup, browser: Browser, people: Iterator[tuple[str, str]]
) -> None:
    context = browser.new_context(base_url=postgresql_setup.network.url, **DESKTOP)  # type: ignore[arg-type]
    attendee = Attendee(context.new_page())
    attendee.sign_in_by_request(*next(people))
    attendee.claim_sessions(SEED[4])
    evaluation = str(attendee.line(SEED[4]).get_by_role("link").first.get_attribute("href"))
    pages = {
        address: context.new_page()
        for address in ("/claim", "/sessions", "/sessions?q=gluteal", evaluation, "/submit")
    }
    with database_faults.away(postgresql_setup):
        for address, page in pages.items():
            page.goto(address)
            page.evaluate("window.never = 'loaded again'")
        for page in pages.values():
            expect(page.get_by_text(text.shell.UNAVAILABLE)).to_be_visible()
            expect(page.get_by_text(text.shell.TROUBLE)).to_be_hidden()
    content = {
        "/claim": pages["/claim"].locator("#lines h4").filter(has_text=SEED[4]),
        "/sessions": Attendee(pages["/sessions"]).rows.first,
        "/sessions?q=gluteal": Attendee(pages["/sessions?q=gluteal"]).row(SEED[4]),
        evaluation: pages[evaluation].locator(".scale-point").first,
        "/submit": pages["/submit"].get_by_role("heading", name="CME Credit Claim"),
    }
    for address, page in pages.items():
        expect(content[address]).to_be_visible(timeout=RECOVERY)
        expect(page.get_by_text(text.shell.UNAVAILABLE)).to_be_hidden()
        assert page.evaluate("window.never") == "loaded again"
    context.close()


@pytest.mark.parametrize("frozen", [False, True])
def test_a_search_without_the_network_says_so_and_is_answered_once_it_is_back(
    phone: BrowserContext, network: NetworkProxy, people: Iterator[tuple[str, str]], frozen: bool
) -> None:
    attendee = Attendee(phone.new_page())
    page = attendee.page
    attendee.sign_in_by_request(*next(people))
    attendee.open_sessions()
    if frozen:
        network.freeze()
    else:
        network.cut()
    attendee.search("gluteal")
    day = page.get_by_role("radiogroup", name="Day").get_by_role("radio").nth(1)
    day.check(force=True)
    said = page.get_by_text(text.sessions.NEEDS_CONNECTION)
    expect(said).to_be_visible()
    if frozen:
        network.cut()  # what was sent meanwhile is lost
    network.restore()
    expect(page).to_have_url(re.compile(r"day=[\d-]+&q=gluteal$"), timeout=RECOVERY)
    expect(said).to_be_hidden()
    expect(day).to_be_checked()
    expect(page.get_by_label("Search Sessions")).to_have_value("gluteal")


@pytest.mark.parametrize("frozen", [False, True])
def test_an_attestation_without_the_network_arrives_once_it_is_back(
    phone: BrowserContext, network: NetworkProxy, people: Iterator[tuple[str, str]], frozen: bool
) -> None:
    attendee = Attendee(phone.new_page())
    page = attendee.page
    attendee.sign_in_by_request(*next(people))
    attendee.prepare_claim(SEED[4])
    attendee.wait_after_tap()
    page.locator("#attestation").uncheck()
    expect(page.locator("#attestation")).to_have_attribute("data-cme-checked", "false")
    if frozen:
        network.freeze()
    else:
        network.cut()
    attendee.wait_after_tap()
    page.locator("#attestation").check()
    said = page.get_by_text(text.submit.CONFIRMATION_WAITS)
    expect(said).to_be_visible()
    attendee.submit()
    words = text.queue.NO_CONNECTION
    if frozen:
        words = text.queue.UNANSWERED
    expect(said_of(page, "Submit", words)).to_be_visible()
    if frozen:
        network.cut()
    network.restore()
    expect(said).to_be_hidden(timeout=RECOVERY)
    expect(page.locator("#attestation")).to_be_checked()
    attendee.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_be_visible()
