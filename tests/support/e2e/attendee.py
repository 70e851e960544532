"""Page object: an attendee's actions in the browser, by the seed's labels."""

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.support.e2e.devices import DEMO
from tests.support.e2e.pace import SECOND_TAP_IGNORED
from tests.support.e2e.sockets.socket_client import SocketClient

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
    """An attendee of this meeting and their page."""

    page: Page
    meeting: str = "pstm24"

    def sign_in(self, last_name: str, number: str) -> None:
        """Sign in by the form with last name and number, and wait for the home page."""
        self.page.goto(f"/{self.meeting}")
        self.page.get_by_label("Last Name").fill(last_name)
        self.page.get_by_label("Badge/Confirmation Number").fill(number)
        self.page.get_by_role("button", name="Log in").first.click()
        self.page.wait_for_url("**/claim")

    def sign_in_by_request(self, last_name: str, number: str) -> None:
        """Sign in without the form, which is faster."""
        form = {"way": "badge", "last_name": last_name, "number": number}
        self.page.request.post(f"/{self.meeting}/sign-in", form=form, max_redirects=0)
        self.page.goto(f"/{self.meeting}/claim")

    def sign_in_as_member_by_request(self, username: str, password: str) -> None:
        """Sign in with a member's password, which shows the whole account."""
        form = {"way": "member", "username": username, "password": password}
        self.page.request.post(f"/{self.meeting}/sign-in", form=form, max_redirects=0)
        self.page.goto(f"/{self.meeting}/claim")

    def open_sessions(self) -> None:
        """Go from the home page to the session list."""
        self.page.get_by_role("link", name="Add Sessions").first.click()
        expect(self.page.get_by_role("heading", name="Add Sessions")).to_be_visible()
        expect(self.rows.first).to_be_visible()

    @property
    def rows(self) -> Locator:
        """The rendered rows of the session list."""
        return self.page.get_by_role("list", name="Sessions").get_by_role("listitem")

    def row(self, title: str) -> Locator:
        """The row of the session with this title."""
        return self.rows.filter(has=self.page.get_by_role("heading", name=title, exact=True))

    def search(self, words: str) -> None:
        """Enter a search text."""
        self.page.get_by_label("Search Sessions").fill(words)

    def wait_for_search(self, words: str) -> None:
        """Wait for the reply to this search, which puts the text into the address."""
        query = re.escape(urlencode({"q": words}))
        self.page.wait_for_url(re.compile(rf"/sessions\?(.*&)?{query}(&|$)"))

    def add_session(self, title: str) -> None:
        """Search for a session, add it, and wait for the button to say so."""
        self.search(title)
        self.wait_for_search(title)  # a row that moves while it is pressed is not tapped
        row = self.row(title)
        row.get_by_role("button", name=re.compile("^Add ")).click()
        expect(row.get_by_role("button", name=re.compile("^Added"))).to_be_visible()

    def claim_sessions(self, *titles: str) -> None:
        """Add sessions of the demo meeting without the list, which is faster; show the claim."""
        with self._socket() as socket:
            _add_sessions(socket, titles)
        self.page.goto("/claim")
        expect(self.page.locator("#lines li")).not_to_have_count(0)

    def prepare_claim(self, *titles: str) -> None:
        """Add sessions, answer the required questions, choose all hours, without tapping.

        Then show Submit, and attest.
        """
        with self._socket() as socket:
            _add_sessions(socket, titles)
            for question, answer in _required_answers().items():
                socket.command("submit", "answer", question=question, value=answer)
            socket.command("submit", "choose_all", code="category1")
        self.page.goto("/submit")
        expect(self.page.get_by_label("Claimed Category 1 Hours")).not_to_have_value("")
        self.page.locator("#attestation").check()

    def submit_claim(self, *titles: str) -> None:
        """Prepare a claim and submit it; show it."""
        self.prepare_claim(*titles)
        self.submit()
        self.page.wait_for_url("**/claim")

    def _socket(self) -> SocketClient:
        """A connection with the page's sign-in."""
        address = urlsplit(self.page.url)
        cookies = self.page.context.cookies(self.page.url)
        return SocketClient(
            f"{address.scheme}://{address.netloc}",
            "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies),
        )

    def return_to_claim(self) -> None:
        """Go from the list back to the home page."""
        self.page.get_by_role("link", name="Return to Sessions").click()
        expect(self.page.get_by_role("heading", name="Session Evaluations")).to_be_visible()

    def wait_after_tap(self) -> None:
        """Wait until the page no longer ignores a second tap of `page.mouse` or Enter."""
        self.page.wait_for_timeout(SECOND_TAP_IGNORED)

    def line(self, title: str) -> Locator:
        """The claim line with this title on the home page."""
        return self.page.locator("#lines li").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )

    def open_evaluation(self, title: str) -> None:
        """Go from the home page to a session's evaluation, and wait for its questions."""
        self.line(title).get_by_role("link", name="Evaluation").click()
        # The claim's line has the title in a heading, too.
        expect(self.page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(self.questions.first).to_be_visible()

    @property
    def questions(self) -> Locator:
        """The questions of the evaluation or of Submit."""
        return self.page.locator("fieldset")

    def open_submit(self) -> None:
        """Go from the home page to the overall evaluation and Submit."""
        self.page.get_by_role("link", name="Overall Eval / Submit CME").click()
        expect(self.page.get_by_role("heading", name="CME Credit Claim")).to_be_visible()

    def answer_required_questions(self) -> None:
        """Select the first answer of every required question."""
        required = self.questions.filter(has_text="required")
        expect(required.first).to_be_visible()
        for question in required.all():
            question.locator("label").first.click()

    def submit(self) -> None:
        """Press Submit."""
        self.page.get_by_role("button", name="Submit", exact=True).click()


def _add_sessions(socket: SocketClient, titles: Iterable[str]) -> None:
    for title in titles:
        socket.command("sessions", "add", session_id=_session_ids()[title])


@cache
def _session_ids() -> dict[str, int]:
    """The ids of the demo's sessions by title: a new database has them in the order of the file."""
    with (DEMO / "sessions.csv").open(encoding="utf-8", newline="") as table:
        return {row["title"]: number for number, row in enumerate(csv.DictReader(table), 1)}


@cache
def _required_answers() -> dict[str, int | str | bool]:
    """The first answer of every required question of the demo's overall evaluation."""
    questions = tomllib.loads((DEMO / "meeting.toml").read_text("utf-8"))["overall_evaluation"]
    first = {"scale": lambda _: 1, "one_of": lambda q: q["options"][0], "yes_no": lambda _: True}
    return {q["key"]: first[q["kind"]](q) for q in questions if q["required"]}
