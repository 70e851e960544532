"""Faults of the database: whatever is tapped meanwhile is saved once it is back, in order."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.devices import DESKTOP
from tests.support.e2e.faults import database_faults
from tests.support.e2e.faults.database_faults import DatabaseFault, DatabaseSetup

pytestmark = pytest.mark.timeout(900)

RECOVERY = 60_000  # milliseconds within which everything is saved; an attempt is made every 10 s
LINES = """
    SELECT title, minutes, on_demand FROM claim_line
    JOIN session ON session.id = session_id JOIN claim ON claim.id = claim_id
    JOIN attendee ON attendee.id = attendee_id WHERE badge = :badge AND removed_at IS NULL
"""
ANSWERS = """
    SELECT session_id IS NULL, value FROM answer JOIN claim ON claim.id = claim_id
    JOIN attendee ON attendee.id = attendee_id WHERE badge = :badge
"""
TOTAL_AND_NAME = """
    SELECT amount, name_on_certificate FROM claim
    JOIN attendee ON attendee.id = attendee_id JOIN claim_total ON claim_id = claim.id
    WHERE badge = :badge AND credit_type = 'category1'
"""


def status_line(page: Page, words: str) -> Locator:
    """The visible status line with these words."""
    return page.locator("[data-save-message]:visible").filter(has_text=re.compile(f"^({words})$"))


@dataclass
class Tabs:
    """Four pages of one attendee, each with something to tap.

    `titles` are the first sessions of the list; the third is on the claim. The claim has two more,
    of which the second was removed on the claim's page, where Undo is offered.
    """

    badge: str
    claim: Page
    sessions: Page
    evaluation: Page
    submit: Page
    titles: list[str]

    @property
    def pages(self) -> list[Page]:
        """All of them."""
        return [self.claim, self.sessions, self.evaluation, self.submit]

    def tap_each_kind(self) -> None:
        """Eleven taps: every kind of change that an attendee makes."""
        rows = Attendee(self.sessions)
        for title, name in zip(self.titles[:3], ("Add ", "Add ", "Added"), strict=True):
            rows.row(title).get_by_role("button", name=re.compile(f"^{name}")).click()
        self.claim.get_by_role("button", name=re.compile("^Undo")).click()
        line = Attendee(self.claim).line(SEED[1])
        line.get_by_label("Hours of").select_option(label="0.25")
        line.get_by_label("Watched on demand").check()
        evaluation = self.evaluation
        evaluation.locator(".scale-point").first.click()
        evaluation.get_by_role("textbox").last.fill("Written meanwhile")
        self.submit.get_by_label("Claimed Category 1 Hours").select_option("0.50")
        self.submit.get_by_role("radio", name="No", exact=True).first.check(force=True)
        self.submit.get_by_label("Name on certificate").fill("Meanwhile Corrected")

    def expect_everything_saved(self, database_url: str) -> None:
        """Expect pages, database and words to agree."""
        for page in self.pages:
            expect(status_line(page, "Saved")).to_be_visible(timeout=RECOVERY)
            expect(page.locator(".queue-waiting")).to_have_count(0)
        added, also, removed = self.titles[:3]
        rows = Attendee(self.sessions)
        for title, name in ((added, "Added"), (also, "Added"), (removed, "Add ")):
            button = rows.row(title).get_by_role("button", name=re.compile(f"^{name}"))
            expect(button).to_be_visible()
            expect(button).not_to_have_attribute("data-unsaved", "")
        lines, answers, total_and_name = self._in_database(database_url)
        assert {title for title, *_ in lines} == {added, also, SEED[1], SEED[4]}
        assert (SEED[1], 15, True) in lines
        assert sorted(answers, key=str) == sorted(
            [(False, 1), (False, "Written meanwhile"), (True, False)], key=str
        )
        assert total_and_name == [(2, "Meanwhile Corrected")]
        # The page that made none of the other changes shows them as well.
        shown = self.claim.locator("#lines h4")
        expect(shown).to_have_count(4)
        assert set(shown.all_inner_texts()) == {title for title, *_ in lines}
        expect(Attendee(self.claim).line(SEED[1]).get_by_label("Hours of")).to_have_value("15")

    def _in_database(self, url: str) -> list[list[tuple[Any, ...]]]:
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            found = [
                [tuple(row) for row in connection.execute(sa.text(query), {"badge": self.badge})]
                for query in (LINES, ANSWERS, TOTAL_AND_NAME)
            ]
        engine.dispose()
        lines, answers, totals = found
        return [
            [(title, minutes, bool(on_demand)) for title, minutes, on_demand in lines],
            [(bool(overall), _parsed(value)) for overall, value in answers],
            totals,
        ]


def _parsed(value: Any) -> Any:
    """An answer; as SQLite returns it, it is JSON."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def open_tabs(context: BrowserContext, person: tuple[str, str]) -> Tabs:
    """Sign in, and open the pages."""
    attendee = Attendee(context.new_page())
    attendee.sign_in_by_request(*person)
    attendee.open_sessions()
    rows = attendee.page.get_by_role("list", name="Sessions").get_by_role("listitem")
    addable = rows.filter(has=attendee.page.get_by_role("button", name=re.compile("^Add ")))
    titles = [addable.nth(at).get_by_role("heading", level=3).inner_text() for at in range(3)]
    attendee.claim_sessions(titles[2], SEED[1], SEED[4])
    attendee.line(SEED[4]).get_by_role("button", name="Remove").click()
    expect(attendee.page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible()
    evaluation, sessions, submit = (context.new_page() for _ in range(3))
    evaluation.goto(str(attendee.line(SEED[1]).get_by_role("link").first.get_attribute("href")))
    expect(evaluation.locator(".scale-point").first).to_be_visible()
    sessions.goto("/sessions")
    expect(Attendee(sessions).row(titles[2]).get_by_role("button")).to_contain_text("Added")
    submit.goto("/submit")
    expect(submit.get_by_label("Name on certificate")).not_to_have_value("")
    return Tabs(person[1], attendee.page, sessions, evaluation, submit, titles)


def expect_taps_to_be_saved_after(
    fault: DatabaseFault,
    seconds: int,
    setup: DatabaseSetup,
    browser: Browser,
    person: tuple[str, str],
) -> None:
    """Tap while the fault lasts, and expect everything to be saved afterwards."""
    context = browser.new_context(base_url=setup.network.url, **DESKTOP)  # type: ignore[arg-type]
    tabs = open_tabs(context, person)
    with fault(setup):
        tabs.tap_each_kind()
        setup.network.restore()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            tabs.claim.wait_for_timeout(1_000)
            for page in tabs.pages:
                expect(status_line(page, "Saved")).to_be_hidden()
        waiting = tabs.claim.locator(".queue-waiting summary")
        expect(waiting).to_contain_text("changes waiting")
    tabs.expect_everything_saved(setup.database_url)
    context.close()


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (database_faults.locked, 4),
        (database_faults.full, 4),
        (database_faults.read_only_file, 4),
        (database_faults.killed_while_locked, 4),
        pytest.param(database_faults.locked, 30, marks=pytest.mark.slow),
        pytest.param(database_faults.locked, 180, marks=pytest.mark.slow),
        pytest.param(database_faults.full, 30, marks=pytest.mark.slow),
        pytest.param(database_faults.full, 180, marks=pytest.mark.slow),
    ],
)
def test_taps_during_a_fault_of_sqlite_are_saved(
    fault: DatabaseFault,
    seconds: int,
    sqlite_setup: DatabaseSetup,
    browser: Browser,
    people: Iterator[tuple[str, str]],
) -> None:
    expect_taps_to_be_saved_after(fault, seconds, sqlite_setup, browser, next(people))


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (database_faults.away, 4),
        (database_faults.frozen, 4),
        (database_faults.read_only, 4),
        (database_faults.full_table, 4),
        (database_faults.killed_while_away, 4),
        pytest.param(database_faults.away, 30, marks=pytest.mark.slow),
        pytest.param(database_faults.away, 180, marks=pytest.mark.slow),
        pytest.param(database_faults.frozen, 30, marks=pytest.mark.slow),
        pytest.param(database_faults.frozen, 180, marks=pytest.mark.slow),
        pytest.param(database_faults.full_table, 30, marks=pytest.mark.slow),
        pytest.param(database_faults.full_table, 180, marks=pytest.mark.slow),
        pytest.param(database_faults.killed_while_away, 30, marks=pytest.mark.slow),
    ],
)
def test_taps_during_a_fault_of_postgresql_are_saved(
    fault: DatabaseFault,
    seconds: int,
    postgresql_setup: DatabaseSetup,
    browser: Browser,
    people: Iterator[tuple[str, str]],
) -> None:
    expect_taps_to_be_saved_after(fault, seconds, postgresql_setup, browser, next(people))
