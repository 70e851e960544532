"""What an attendee does in the browser, in the seed's own words."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

SEED = (
    "Advocacy Issues in Plastic Surgery and How it Affects Your Practice",
    "The Art of Automation: Robotics in Breast Reconstruction",
    "Scientific Abstract Presentations: Aesthetic Session 1",
    "Scientific Abstract Presentations: Breast Session 5",
    "Ultrasound in Gluteal Fat Grafting",
)
"""The five sessions of the seed's sample claim: 8.50 hours."""


@dataclass(frozen=True)
class Attendee:
    """Somebody at a page."""

    page: Page

    def sign_in(self, last_name: str, number: str) -> None:
        """Last name and badge or confirmation number, then the home page."""
        self.page.goto("/")
        self.page.get_by_label("Last Name").fill(last_name)
        self.page.get_by_label("Badge/Confirmation Number").fill(number)
        self.page.get_by_role("button", name="Log in").first.click()
        self.page.wait_for_url("**/claim")

    def enters(self, last_name: str, number: str) -> None:
        """The same without the form, for a test of what comes after it."""
        form = {"way": "badge", "last_name": last_name, "number": number}
        self.page.request.post("/sign-in", form=form, max_redirects=0)
        self.page.goto("/claim")

    def open_sessions(self) -> None:
        """From the home page to the list."""
        self.page.get_by_role("link", name="Add Sessions").first.click()
        expect(self.page.get_by_role("heading", name="Add Sessions")).to_be_visible()
        expect(self.rows.first).to_be_visible()

    @property
    def rows(self) -> Locator:
        """The sessions that the page holds of the list."""
        return self.page.get_by_role("list", name="Sessions").get_by_role("listitem")

    def row(self, title: str) -> Locator:
        """The session with this title in the list."""
        return self.rows.filter(has=self.page.get_by_role("heading", name=title, exact=True))

    def search(self, words: str) -> None:
        """Type into the search."""
        self.page.get_by_label("Search Sessions").fill(words)

    def wait_for_search(self, words: str) -> None:
        """Wait for the answer to this search: the page then has the words in its address."""
        self.page.wait_for_url(f"**/sessions?{urlencode({'q': words})}")

    def add_session(self, title: str) -> None:
        """Search for a session and add it; it says so."""
        self.search(title)
        row = self.row(title)
        row.get_by_role("button", name=re.compile("^Add ")).click()
        expect(row.get_by_role("button", name=re.compile("^Added"))).to_be_visible()

    def return_to_claim(self) -> None:
        """Back from the list to the home page."""
        self.page.get_by_role("link", name="Return to Sessions").click()
        expect(self.page.get_by_role("heading", name="Session Evaluations")).to_be_visible()

    def line(self, title: str) -> Locator:
        """The claim's line of a session on the home page."""
        return self.page.locator("#lines li").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )

    def open_submit(self) -> None:
        """From the home page to the overall evaluation and Submit."""
        self.page.get_by_role("link", name="Overall Eval / Submit CME").click()
        expect(self.page.get_by_role("heading", name="CME Credit Claim")).to_be_visible()

    def answer_required_questions(self) -> None:
        """Give the first answer to every required question, one after the other, each saved."""
        for question in self.page.get_by_role("group").filter(has_text="required").all():
            question.locator("label").first.click()

    def submit(self) -> None:
        """Press Submit."""
        self.page.get_by_role("button", name="Submit", exact=True).click()
