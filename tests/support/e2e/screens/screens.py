"""All screens in all their cases, in an attendee's order."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect

from cme_reflex.web.middleware.error_pages import error_page
from tests.support.e2e import pars
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import (
    CmeServer,
    add_earlier_claims,
    run_cme,
)
from tests.support.e2e.faults.network_proxy import NetworkProxy, run_network_proxy
from tests.support.e2e.reloadable_meeting import ReloadableMeeting, serve_reloadable_meeting
from tests.support.e2e.sign_ins import strengthen
from tests.support.e2e.sockets.socket_client import SocketClient, sign_in

LAB = "Facelift Cadaver Lab"
LONG_TITLE = (
    "Long-Term Outcomes of Immediate Versus Delayed Autologous Breast Reconstruction After "
    "Post-Mastectomy Radiotherapy: Lessons From a Multicenter Prospective Registry of 2,400"
)
LONG_NAME = "Bartholomäus-Maximilian von Hohenstaufen-Wittelsbach-Auersperg"
MANY = 40  # sessions on one claim


@dataclass(frozen=True)
class Variant:
    """A width in CSS pixels and a color scheme.

    Then a height where it is not the usual one, and the size of text that somebody has chosen for
    their browser, 16 pixels unless they have.
    """

    width: int
    scheme: str
    height: int = 0
    text: int = 16

    def put_on(self, page: Page) -> None:
        """Show the page in this variant."""
        height = self.height or (900 if self.width > 600 else 844)
        page.set_viewport_size({"width": self.width, "height": height})
        page.emulate_media(color_scheme=self.scheme)  # type: ignore[arg-type]
        session = page.context.new_cdp_session(page)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": self.text}})
        session.detach()


@dataclass(frozen=True)
class Scene:
    """Setup for the screens: a server with its meeting, a network proxy, and a browser."""

    server: CmeServer
    terms: ReloadableMeeting
    between: NetworkProxy
    browser: Browser

    @contextmanager
    def page(self) -> Iterator[Page]:
        """A new tab in a new context, on a phone with reduced motion."""
        context = self.browser.new_context(
            base_url=self.between.url,
            viewport={"width": 390, "height": 844},
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        yield context.new_page()
        context.close()


@contextmanager
def scene(browser: Browser, demo_database: Path, folder: Path) -> Iterator[Scene]:
    """Give the meeting a very long session title and attendee name."""
    with (
        serve_reloadable_meeting(demo_database, folder) as (server, terms),
        run_network_proxy(server.port) as between,
    ):
        terms.append(
            "sessions.csv",
            f'LONG-1,"{LONG_TITLE}",panel,Breast,"Ballroom 20A",2024-09-29T13:00,'
            '2024-09-29T14:00,"Ana Restrepo, MD",both,1.00,0.25,yes,',
        )
        terms.append(
            "attendees.csv",
            f"{LONG_NAME},Anna,,990001,PSTM24ZZ,,physician,{_registration_type(terms)},",
        )
        terms.append(
            "attendees.csv",
            f"Okafor,Chidi,,990002,PSTM24YY,,physician,{_registration_type(terms)},cokafor",
        )
        terms.load()
        yield Scene(server, terms, between, browser)


def screens(scene: Scene) -> Iterator[tuple[str, Page]]:
    """Yields each screen's name with its page, which is valid until the next one."""
    with scene.page() as page:
        yield from _sign_in_pages(page)
        yield from _links(page)
        yield from _failures(page)
    with scene.page() as page:
        yield from _two_registrations(page)
    with scene.page() as page:
        yield from _claiming(scene, page)
    with scene.page() as page:
        yield from _account(scene, page)
    with scene.page() as page:
        yield from _long_content(scene, page)
    with scene.page() as page:
        yield from _waiting(scene, page)
    with scene.page() as page:
        yield from _closed(scene, page)
    with scene.page() as page:
        yield from _single_sign_on(scene, page)


def _load(page: Page, address: str) -> None:
    """Load this address, even if the page of another fragment is open."""
    page.goto("about:blank")
    page.goto(address)


def _sign_in_pages(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/pstm24")
    yield "sign-in", page
    page.get_by_text("Where do I find my number?").click()
    yield "sign-in-help", page
    for code in ("missing", "not-recognised", "member-not-recognised", "signed-out", "expired"):
        _load(page, f"/pstm24#{code}")
        yield f"sign-in-{code}", page
    page.goto("/pstm24/privacy")
    yield "privacy", page
    page.goto("/pstm24/nowhere")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    yield "not-found", page


def _single_sign_on(scene: Scene, page: Page) -> Iterator[tuple[str, Page]]:
    """The sign-in page with single sign-on."""
    scene.terms.load(
        tables="""
[single_sign_on]
issuer = "https://login.example.org"
client_id = "cme"
label = "Sign in with PlasticSurgery.org"
"""
    )
    page.goto("/pstm24")
    yield "sign-in-sso", page
    for code in ("sso-only", "sso-cancelled", "sso-unavailable", "member-not-registered"):
        _load(page, f"/pstm24#{code}")
        yield f"sign-in-{code}", page


def _links(page: Page) -> Iterator[tuple[str, Page]]:
    """E-mail links: the request form, the landing page, and all errors."""
    page.goto("/pstm24/sign-in-link")
    yield "link-ask", page
    for code in ("link-sent", "link-address", "link-used", "link-expired", "password-link"):
        _load(page, f"/pstm24/sign-in-link#{code}")
        yield f"link-ask-{code.removeprefix('link-')}", page
    for name, token in (("link", "a" * 43), ("link-pasted", "half-of-it")):
        _load(page, f"/pstm24/link#{token}")
        yield name, page
    page.goto("/pstm24/password")
    yield "password", page
    for code in ("password-too-short", "password-guessable"):
        _load(page, f"/pstm24/password#{code}")
        yield code, page


def _failures(page: Page) -> Iterator[tuple[str, Page]]:
    """The error page, and the maintenance page."""
    answer = error_page({"path": "/broken", "method": "GET"}, RuntimeError())
    page.route(
        "**/broken",
        lambda route: route.fulfill(
            status=500, body=bytes(answer.body), content_type="text/html; charset=utf-8"
        ),
    )
    page.goto("/broken")
    expect(page.get_by_role("heading", name="Something went wrong on our side")).to_be_visible()
    yield "failed", page
    page.goto("/away.html")
    expect(page.get_by_role("heading", name="We will be back in a moment")).to_be_visible()
    yield "server-away", page


def _two_registrations(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/pstm24")
    page.get_by_role("heading", name="PlasticSurgery.org").click()
    page.get_by_label("Username").fill("cokafor")
    page.get_by_label("Password").fill("face-lift-2024")
    page.get_by_role("button", name="Log in").last.click()
    expect(page.get_by_role("heading", name="Which registration?")).to_be_visible()
    expect(page.get_by_text("Badge 990002, confirmation PSTM24YY", exact=True)).to_be_visible()
    yield "registrations", page


def _claiming(scene: Scene, page: Page) -> Iterator[tuple[str, Page]]:
    attendee = Attendee(page)
    attendee.sign_in("Rivera", "240001")
    expect(page.get_by_role("heading", name="Session Evaluations")).to_be_visible()
    yield "claim-empty", page
    attendee.open_sessions()
    yield "sessions", page
    attendee.search("no such thing at all")
    expect(page.get_by_text("0 sessions found").first).to_be_visible()
    yield "sessions-none", page
    for title in (*SEED, LAB):
        attendee.add_session(title)
    attendee.search("breast")
    expect(attendee.rows.first).to_contain_text(re.compile("breast", re.IGNORECASE))
    yield "sessions-found", page
    attendee.search(LONG_TITLE[:40])
    expect(attendee.row(LONG_TITLE)).to_be_visible()
    yield "sessions-long-title", page
    yield from _maintenance(scene, attendee)
    attendee.return_to_claim()
    expect(page.locator("#conflicts")).to_contain_text("possible")
    yield "claim-conflict", page
    attendee.open_evaluation(SEED[4])
    yield "evaluation", page
    attendee.questions.first.locator("label").last.click()
    expect(page.get_by_text("1 of ")).to_be_visible()
    yield "evaluation-begun", page
    page.get_by_role("link", name="Done").click()
    attendee.line(LAB).get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    yield "claim-undo", page
    attendee.open_submit()
    yield "submit", page
    attendee.submit()
    expect(page.locator("#error-summary")).to_be_focused()
    yield "submit-missing", page
    attendee.answer_required_questions()
    page.get_by_role("button", name="Claim all that my sessions support").click()
    expect(page.get_by_label("Claimed Category 1 Hours")).not_to_have_value("")
    page.locator("#attestation").check()
    expect(page.locator("#error-summary")).to_have_count(0)
    yield "submit-ready", page
    yield from _changed(page)
    yield from _reporting(page)
    page.goto("/submit")
    page.get_by_role("button", name="Claim all that my sessions support").click()
    expect(page.get_by_label("Claimed Category 1 Hours")).to_have_value("9.50")
    page.locator("#attestation").check()
    attendee.submit()
    page.wait_for_url("**/claim")
    expect(page.locator("#receipt")).to_be_visible()
    yield "claim-submitted", page
    page.get_by_role("link", name="See your receipt").first.click()
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    yield "receipt", page
    yield from _certified(page)
    yield from _rejected(scene, page)
    page.goto("/sessions")
    expect(attendee.rows.first).to_be_visible()
    yield "sessions-locked", page
    yield from _reopened(scene, attendee)


def _changed(page: Page) -> Iterator[tuple[str, Page]]:
    """An attested claim that changes: to a lower total, and in another tab."""
    page.get_by_label("Claimed Category 1 Hours").select_option("1.00")
    expect(page.get_by_role("button", name="Claim all 9.50", exact=True)).to_be_visible()
    expect(page.locator("#attestation")).not_to_be_checked()
    yield "submit-lower", page
    page.locator("#attestation").check()
    other = page.context.new_page()
    other.goto("/claim")
    for hours in ("1.25", "1.50"):
        other.get_by_label(f"Hours of {SEED[0]}").select_option(label=hours)
        expect(other.locator("[data-save-message=saved]")).to_be_visible()
        page.bring_to_front()
        page.evaluate("document.querySelector('[data-cme-refresh]').click()")
        expect(page.locator("#changes")).to_contain_text(f"{SEED[0]}: {hours} hours")
        if hours == "1.25":
            expect(page.locator("#attestation")).not_to_be_checked()
            yield "submit-changed", page
    other.close()


def _reporting(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/reporting")
    expect(page.get_by_role("button", name="Opt in")).to_be_visible()
    yield "reporting", page
    page.get_by_role("button", name="Opt in").click()
    expect(page.get_by_role("alert").first).to_contain_text("another look")
    yield "reporting-faults", page
    page.get_by_label("Month of birth").select_option("2")
    page.get_by_label("Day of birth", exact=True).fill("29")
    page.get_by_label("State of licensure").select_option("Texas")
    page.get_by_label("License ID", exact=True).fill("A1234")
    page.locator("#consent").check()
    page.get_by_role("button", name="Opt in").click()
    expect(page.get_by_text("You gave your consent on")).to_be_visible()
    yield "reporting-opted-in", page


def _certified(page: Page) -> Iterator[tuple[str, Page]]:
    link = page.get_by_role("link", name="Download certificate")
    number = (link.get_attribute("href") or "").rsplit("/", 1)[1].removesuffix(".pdf")
    page.goto("/verify")
    yield "verify", page
    page.goto(f"/verify/{number}")
    expect(page.get_by_role("main")).to_contain_text("This certificate is valid")
    yield "verify-valid", page


def _rejected(scene: Scene, page: Page) -> Iterator[tuple[str, Page]]:
    with TemporaryDirectory() as folder:
        pars.export(Path(folder), scene.terms.database_url)
        pars.reject(Path(folder), scene.terms.database_url, "No license A1234 in Texas")
    strengthen(scene.terms.database_url)
    page.goto("/reporting")
    expect(page.get_by_text("“No license A1234 in Texas”")).to_be_visible()
    yield "reporting-rejected", page
    page.goto("/account")
    expect(page.get_by_text("ACCME rejected the record")).to_be_visible()
    yield "account-rejected", page
    page.get_by_role("link", name="Correct your information").click()
    page.get_by_role("button", name="Withdraw consent").click()
    expect(page.get_by_text("You have withdrawn your consent.")).to_be_visible()
    yield "reporting-withdrawn", page


def _reopened(scene: Scene, attendee: Attendee) -> Iterator[tuple[str, Page]]:
    page = attendee.page
    page.goto("/claim")
    number = page.locator("#receipt strong").inner_text()
    run_cme(
        "claims", "reopen", number, "--reason", "A session was forgotten",
        "--until", "2031-02-23T13:00", CME_DATABASE_URL=scene.terms.database_url,
    )  # fmt: skip
    page.reload()
    expect(page.locator("#reopened")).to_be_visible()
    yield "claim-reopened", page
    page.goto(f"/verify/{number}")
    expect(page.get_by_role("main")).to_contain_text("was reopened for changes")
    yield "verify-reopened", page
    page.goto("/account")
    expect(page.get_by_text("Reopened until")).to_be_visible()
    yield "account-reopened", page
    page.goto("/claim")
    attendee.open_submit()
    page.locator("#attestation").check()
    attendee.submit()
    page.wait_for_url("**/claim")
    page.goto("/receipt")
    expect(page.get_by_role("heading", name="Earlier versions")).to_be_visible()
    yield "receipt-replaced", page
    page.goto(f"/verify/{number}")
    expect(page.get_by_role("main")).to_contain_text("has been replaced")
    yield "verify-replaced", page
    yield from _withdrawn(scene, page, number)
    page.goto("/verify/unknown")
    expect(page.get_by_role("main")).to_contain_text("No such certificate")
    yield "verify-unknown", page
    page.goto("/certificate/unknown.pdf")
    expect(page.get_by_role("main")).to_contain_text("no such certificate")
    yield "certificate-unknown", page


def _withdrawn(scene: Scene, page: Page, number: str) -> Iterator[tuple[str, Page]]:
    run_cme(
        "claims", "withdraw", number, "--reason", "Claimed for a meeting that was not attended",
        CME_DATABASE_URL=scene.terms.database_url,
    )  # fmt: skip
    page.goto("/claim")
    expect(page.locator("#withdrawn")).to_contain_text("that was not attended")
    yield "claim-withdrawn", page
    page.goto("/receipt")
    expect(page.get_by_role("main")).to_contain_text("This receipt was withdrawn")
    yield "receipt-withdrawn", page
    page.goto("/account")
    expect(page.locator("#withdrawn")).to_contain_text("This claim was withdrawn")
    yield "account-withdrawn", page
    page.goto(f"/verify/{number}")
    expect(page.get_by_role("main")).to_contain_text("This certificate is not valid")
    yield "verify-withdrawn", page


def _account(scene: Scene, page: Page) -> Iterator[tuple[str, Page]]:
    """A member's account: empty, with a draft, with one claim, and with several years."""
    attendee = Attendee(page)
    attendee.sign_in_by_request("Okafor", "240003")
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", name="Nothing submitted yet")).to_be_visible()
    yield "account-empty", page
    page.goto("/claim")
    attendee.open_sessions()
    attendee.add_session(SEED[4])
    page.goto("/account")
    expect(page.get_by_text("1 session added.")).to_be_visible()
    yield "account-draft", page
    page.get_by_role("link", name="Go to your claim").click()
    attendee.open_submit()
    attendee.answer_required_questions()
    page.get_by_role("button", name="Claim all that my sessions support").click()
    expect(page.get_by_label("Claimed Category 1 Hours")).not_to_have_value("")
    page.locator("#attestation").check()
    expect(page.locator("[data-save-message=saved]").first).to_be_visible()
    attendee.submit()
    page.wait_for_url("**/claim")
    page.goto("/account")
    expect(page.get_by_role("heading", name="2024", exact=True)).to_be_visible()
    yield "account-one", page
    add_earlier_claims(scene.terms.database_url, "cokafor")
    strengthen(scene.terms.database_url)
    page.reload()
    expect(page.get_by_role("heading", name="2022", exact=True)).to_be_visible()
    yield "account-years", page
    page.get_by_text("1 earlier version").click()
    expect(page.get_by_role("link", name="replaced")).to_be_visible()
    yield "account-replaced", page


def _maintenance(scene: Scene, attendee: Attendee) -> Iterator[tuple[str, Page]]:
    page = attendee.page
    scene.between.cut()
    attendee.row(LONG_TITLE).get_by_role("button").click()
    expect(page.locator("[data-save-message=offline]")).to_be_visible()
    yield "sessions-offline", page
    scene.between.restore()
    expect(page.locator("[data-save-message=saved]")).to_be_visible()
    yield "sessions-saved", page


def _long_content(scene: Scene, page: Page) -> Iterator[tuple[str, Page]]:
    """A long name, and unusually many sessions."""
    attendee = Attendee(page)
    attendee.sign_in_by_request(LONG_NAME, "990001")
    attendee.open_sessions()
    cookie = sign_in(scene.server.url, LONG_NAME, "990001")
    with SocketClient(scene.server.url, cookie) as client:
        for session_id in _many_sessions(scene.terms):
            client.send("sessions", "add", session_id=session_id, command=f"many-{session_id}")
            client.wait_for_text(f"many-{session_id}")
    page.goto("/claim")
    expect(page.locator("#lines li")).to_have_count(MANY)
    yield "claim-many", page


def _waiting(scene: Scene, page: Page) -> Iterator[tuple[str, Page]]:
    """The page before the server's first reply."""
    Attendee(page).sign_in_by_request("Rivera", "240001")
    page.route_web_socket(re.compile("/_event"), lambda socket: None)
    for name in ("claim", "sessions", "submit"):
        page.goto(f"/{name}")
        expect(page.get_by_role("main")).to_be_visible()
        yield f"{name}-waiting", page


def _closed(scene: Scene, page: Page) -> Iterator[tuple[str, Page]]:
    attendee = Attendee(page)
    attendee.sign_in_by_request(LONG_NAME, "990001")
    scene.terms.load(opens_at="2030-02-23T13:00:00-08:00")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Claims open on")
    yield "claim-not-open", page
    scene.terms.load(closes_at="2025-02-23T13:00:00-08:00")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Claims closed on")
    yield "claim-closed", page
    page.goto("/submit")
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_disabled()
    yield "submit-closed", page


def _many_sessions(terms: ReloadableMeeting) -> list[int]:
    """The ids of this number of sessions with credit, including the one with the long title."""
    file = terms.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(file)) as database:
        found = database.execute(
            "SELECT id FROM session WHERE eligible ORDER BY code != 'LONG-1', id LIMIT ?", (MANY,)
        ).fetchall()
    return [number for (number,) in found]


def _registration_type(terms: ReloadableMeeting) -> str:
    found = re.search(
        r'(?m)^\[\[registration_types\]\]\ncode = "([^"]+)"',
        (terms.folder / "meeting.toml").read_text("utf-8"),
    )
    assert found is not None
    return found[1]
