"""Both numbers on the sign-in form, with and without scripts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cme_reflex.domain.sign_in.second_number import FAILURES
from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer, run_server
from tests.support.e2e.devices import PHONE

KIM = ("Rivera", "240001", "PSTM24AA")


@pytest.fixture(scope="module")
def attacked_server(
    built: None, demo_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CmeServer]:
    """A server of its own: failures of a meeting concern everybody who signs in to it."""
    folder = tmp_path_factory.mktemp("attacked")
    file = shutil.copy(demo_database, folder / "cme.db")
    with run_server(f"sqlite:///{file}", folder / "server.log") as server:
        yield server


@pytest.mark.parametrize("scripts", [True, False])
def test_the_form_asks_for_the_other_number_and_keeps_what_was_typed(
    browser: Browser, attacked_server: CmeServer, scripts: bool
) -> None:
    context = browser.new_context(
        base_url=attacked_server.url, java_script_enabled=scripts, **PHONE
    )
    page = context.new_page()
    for guess in range(FAILURES.capacity):
        form = {"way": "badge", "last_name": "Smith", "number": f"90{guess:04}"}
        context.request.post("/sign-in", form=form)
    last_name, badge, confirmation = KIM
    page.goto("/")
    expect(second_field(page)).to_be_hidden()
    page.get_by_label("Last Name").fill(last_name)
    page.get_by_label("Badge/Confirmation Number").fill(badge)
    page.get_by_role("button", name="Log in").first.click()
    expect(page.get_by_role("status")).to_contain_text("we ask for both of your numbers")
    expect(page.get_by_label("Last Name")).to_have_value(last_name)
    expect(page.get_by_label("Badge/Confirmation Number")).to_have_value(badge)
    second_field(page).fill("wrong")
    page.get_by_role("button", name="Log in").first.click()
    expect(page.get_by_role("alert")).to_contain_text("both of your numbers")
    expect(second_field(page)).to_have_value("wrong")
    second_field(page).fill(confirmation)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url("**/claim")
    if scripts:
        page.get_by_role("button", name="Save & Log Out").click()
        page.wait_for_url("**/pstm24#signed-out")
        Attendee(page).sign_in(last_name, badge)  # a known browser needs one number
    context.close()


def second_field(page: Page) -> Locator:
    return page.get_by_label("Your other number")
