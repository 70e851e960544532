"""The seed's ten steps in a browser, on a phone and on a wide screen."""

import re
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Page, expect

from cme_reflex.routes import certificate
from tests.support.e2e.attendee import SEED, Attendee
from tests.support.e2e.cme_server import CmeServer
from tests.support.files.pdfs import page_texts

LAB = "Facelift Cadaver Lab"


def test_the_seeds_ten_steps(
    screen_context: BrowserContext, people: Iterator[tuple[str, str]]
) -> None:
    page = screen_context.new_page()
    attendee = Attendee(page)
    # 1 and 2: sign in, Add Sessions
    attendee.sign_in(*next(people))
    attendee.open_sessions()
    # 3: find and add them
    for title in SEED:
        attendee.add_session(title)
    totals = page.get_by_role("region", name="Your claim so far")
    expect(totals).to_contain_text("8.50 of 60.75 hours")
    expect(totals).to_contain_text("5 sessions")
    # A live session that overlaps two others is marked at once, on its row and in the bar.
    attendee.add_session(LAB)
    expect(attendee.row(LAB)).to_contain_text("Overlaps")
    expect(totals).to_contain_text("1 overlap")
    # 4 and 5: back to the claim with its lines
    attendee.return_to_claim()
    for title in (*SEED, LAB):
        expect(attendee.line(title)).to_be_visible()
    expect(page.locator("#conflicts")).to_contain_text("4.00 hours possible, 7.50 claimed")
    # 6: evaluate one
    attendee.open_evaluation(SEED[4])
    attendee.questions.first.locator("label").last.click()
    expect(page.get_by_text("1 of ")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    expect(attendee.line(SEED[4])).to_contain_text("1 of ")
    # 7 and 8: with a conflict and without answers, Submit lists all missing requirements
    attendee.open_submit()
    attendee.submit()
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    for text in ("overlapping", "Claimed Category 1 Hours", "attestation", "Answer:"):
        expect(summary).to_contain_text(text)
    # … until the overlap is resolved
    page.get_by_role("link", name="Save & Go Back").click()
    attendee.line(LAB).get_by_role("button", name="Remove").click()
    expect(attendee.line(LAB)).to_have_count(0)
    attendee.open_submit()
    page.get_by_label("Claimed Category 1 Hours").select_option("8.50")
    page.get_by_label("Claimed Patient Safety Hours").select_option(index=1)
    # The sessions to attest are listed.
    checked = page.locator("section").filter(
        has=page.get_by_role("heading", name="Check your answers")
    )
    for title in SEED:
        expect(checked.get_by_role("listitem").filter(has_text=title)).to_have_count(1)
    page.locator("#attestation").check()
    # … and the overall evaluation answered
    attendee.submit()
    expect(summary).to_contain_text("Answer:")
    expect(summary).not_to_contain_text("Category 1")
    attendee.answer_required_questions()
    expect(summary).to_have_count(0)
    # 9: the opt-in is optional. 10: Submit
    attendee.submit()
    page.wait_for_url("**/claim")
    receipt = page.locator("#receipt")
    expect(receipt).to_contain_text("8.50 Category 1 hours claimed")
    expect(receipt).to_contain_text(re.compile(r"PSTM24-[2-9A-Z]{4}-[2-9A-Z]{4}"))
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    # It survives a reload, and the submitted claim cannot be changed.
    page.reload()
    expect(receipt).to_contain_text("8.50 Category 1 hours claimed")
    page.goto("/submit")
    page.wait_for_url("**/claim")
    page.get_by_role("link", name="See your receipt").first.click()
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(SEED[0])
    # The certificate can be downloaded, and verified without a sign-in.
    with page.expect_download() as download:
        page.get_by_role("link", name="Download certificate").click()
    number = page.get_by_text(re.compile(r"^PSTM24-[2-9A-Z]{4}-[2-9A-Z]{4}$")).inner_text()
    assert download.value.suggested_filename == f"certificate-{number}.pdf"
    wall, *sessions = page_texts(download.value.path().read_bytes())
    assert "8.50 AMA PRA Category 1 Credits™" in wall
    for title in SEED:
        assert title in " ".join(sessions)


def test_anybody_can_verify_a_number_but_not_open_its_certificate(
    attendee: Attendee, page: Page, browser: Browser, server: CmeServer
) -> None:
    attendee.submit_claim(SEED[0])
    number = page.locator("#receipt strong").inner_text()
    stranger = browser.new_context(base_url=server.url, java_script_enabled=False)
    other = stranger.new_page()
    other.goto("/verify")
    other.get_by_label("Receipt number").fill(number.lower().replace("-", " "))
    other.get_by_role("button", name="Check").click()
    expect(other.get_by_role("heading", name=f"Certificate {number}")).to_be_visible()
    expect(other.get_by_role("main")).to_contain_text("This certificate is valid.")
    expect(other.get_by_role("main")).to_contain_text("Plastic Surgery The Meeting 2024")
    answer = other.goto(certificate(number))
    assert answer is not None
    assert answer.status == 404
    expect(other.get_by_role("heading", name="There is no such certificate here")).to_be_visible()
    stranger.close()


def test_a_removed_session_comes_back_with_its_hours(attendee: Attendee, page: Page) -> None:
    attendee.claim_sessions(SEED[1])
    hours = page.get_by_label(f"Hours of {SEED[1]}")
    hours.select_option(label="0.75")
    totals = page.get_by_role("region", name="Your claim so far")
    expect(totals).to_contain_text("0.75 of 60.75 hours")
    attendee.line(SEED[1]).get_by_role("button", name="Remove").click()
    expect(totals).to_contain_text("0.00 of 60.75 hours")
    page.get_by_role("button", name="Undo").click()
    expect(hours.locator(":checked")).to_have_text("0.75")
    expect(totals).to_contain_text("0.75 of 60.75 hours")


def test_a_session_watched_on_demand_overlaps_nothing(attendee: Attendee, page: Page) -> None:
    attendee.claim_sessions(SEED[0], LAB)
    expect(page.locator("#conflicts")).to_contain_text("These overlap")
    expect(attendee.line(LAB).get_by_label("Watched on demand")).to_have_count(0)
    attendee.line(SEED[0]).get_by_label("Watched on demand").check()
    expect(page.locator("#conflicts")).to_be_empty()
    expect(page.get_by_role("region", name="Your claim so far")).to_contain_text("5.50 of 60.75")
    page.reload()
    expect(attendee.line(SEED[0]).get_by_label("Watched on demand")).to_be_checked()


def test_chosen_hours_that_are_no_longer_supported_are_cleared_with_a_notice(
    attendee: Attendee, page: Page
) -> None:
    attendee.claim_sessions(SEED[0], SEED[1])
    attendee.open_submit()
    page.get_by_role("button", name="Claim all that my sessions support: 3.50").click()
    expect(page.get_by_label("Claimed Category 1 Hours")).to_have_value("3.50")
    page.get_by_role("link", name="Save & Go Back").click()
    attendee.line(SEED[0]).get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_contain_text("choose them again")
    attendee.open_submit()
    expect(page.get_by_label("Claimed Category 1 Hours")).to_have_value("")


def test_an_error_is_visible_however_far_down_the_button_is(attendee: Attendee, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 664})
    attendee.claim_sessions(SEED[0], SEED[4])
    attendee.open_submit()
    page.get_by_role("button", name="Claim all that my sessions support: 3.50").click()
    expect(page.get_by_label("Claimed Category 1 Hours")).to_have_value("3.50")
    page.get_by_role("link", name="Save & Go Back").click()
    attendee.line(SEED[4]).get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_contain_text("choose them again")
    assert page.evaluate("scrollY") > 300
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)


def test_a_session_that_is_not_on_the_claim_cannot_be_evaluated(
    attendee: Attendee, page: Page
) -> None:
    attendee.claim_sessions(SEED[0])
    attendee.open_evaluation(SEED[0])
    expect(page.get_by_role("radio").first).to_be_enabled()
    address = page.url
    page.get_by_role("link", name="Done").click()
    attendee.line(SEED[0]).get_by_role("button", name="Remove").click()
    expect(attendee.line(SEED[0])).to_have_count(0)
    page.goto(address)
    expect(page.get_by_role("main")).to_contain_text("This session is not on your claim.")
    expect(page.get_by_role("radio").first).to_be_disabled()


def test_answers_can_be_read_after_submission(attendee: Attendee, page: Page) -> None:
    attendee.prepare_claim(SEED[0])
    page.get_by_role("link", name="Save & Go Back").click()
    attendee.open_evaluation(SEED[0])
    answer = attendee.questions.first.locator("label").last
    answer.click()
    expect(page.get_by_text("1 of ")).to_be_visible()
    chosen = "getComputedStyle(document.querySelector('.scale-point:has(:checked)')).color"
    color = page.evaluate(chosen)
    address = page.url
    page.get_by_role("link", name="Done").click()
    attendee.open_submit()
    page.locator("#attestation").check()
    attendee.submit()
    page.wait_for_url("**/claim")
    page.goto(address)
    expect(answer.locator("input")).to_be_disabled()
    assert page.evaluate(chosen) == color


def test_opting_in_to_reporting_in_a_separate_window(attendee: Attendee, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    attendee.open_submit()
    expect(page.locator("#reporting")).to_have_text("You have not opted in.")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Opt-In to Learner Credit Reporting").click()
    window = popup.value
    # Errors are visible, with the focus on the first field to fix, and so is the result.
    window.get_by_role("button", name="Opt in").click()
    consent = "To opt in, check the consent box."
    expect(window.get_by_role("alert")).to_contain_text(f"need another look. {consent}")
    expect(window.get_by_role("alert")).to_be_in_viewport()
    expect(window.get_by_label("Month of birth")).to_be_focused()
    window.get_by_label("Month of birth").select_option(label="February")
    window.get_by_role("textbox", name="Day of birth").fill("30")
    window.get_by_label("State of licensure").select_option("California")
    window.get_by_label("NPI", exact=True).fill("1234567893")
    window.get_by_label("I consent").check()
    window.get_by_role("button", name="Opt in").click()
    expect(window.locator("#birth-day-error")).to_contain_text("a date that exists")
    expect(window.get_by_role("alert").filter(has_text=consent)).to_have_count(0)
    expect(window.get_by_role("textbox", name="Day of birth")).to_be_focused()
    window.get_by_role("textbox", name="Day of birth").fill("29")
    window.get_by_role("button", name="Opt in").click()
    expect(window.get_by_text("You are opted in.").first).to_be_in_viewport()
    with window.expect_event("close"):
        window.get_by_role("link", name="Return to your claim").click()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#reporting")).to_have_text("You are opted in.")


def test_two_windows_submit_once(
    context: BrowserContext, people: Iterator[tuple[str, str]]
) -> None:
    first, second = Attendee(context.new_page()), Attendee(context.new_page())
    first.sign_in_by_request(*next(people))
    first.claim_sessions(SEED[0])
    first.open_submit()
    first.answer_required_questions()
    first.page.get_by_role("button", name="Claim all that my sessions support").click()
    expect(first.page.get_by_label("Claimed Category 1 Hours")).to_have_value("1.50")
    second.page.goto("/submit")
    for attendee in (first, second):
        attendee.page.locator("#attestation").check()
    for attendee in (first, second):
        attendee.submit()
    numbers = []
    for attendee in (first, second):
        attendee.page.wait_for_url("**/claim")
        receipt = attendee.page.locator("#receipt")
        expect(receipt).to_contain_text("1.50 Category 1 hours claimed")
        numbers.append(receipt.locator("strong").inner_text())
    assert numbers[0] == numbers[1]


def test_answers_of_every_kind_survive_a_reload(attendee: Attendee, page: Page) -> None:
    attendee.open_submit()
    groups = page.locator("fieldset")
    kinds = {"radio": 0, "checkbox": 0, "textarea": 0}
    for group in groups.all():
        if group.locator("textarea").count():
            kinds["textarea"] += 1
            group.locator("textarea").fill("More time for questions.\nThank you — très bien")
            group.locator("textarea").blur()
        else:
            choices = group.locator("input")
            kinds[choices.first.get_attribute("type") or ""] += 1
            group.locator("label").last.click()
        expect(page.get_by_role("status").filter(has_text=re.compile("^Saved$"))).to_have_count(1)
    assert all(kinds.values())
    page.reload()
    expect(page.get_by_role("heading", name="CME Credit Claim")).to_be_visible()
    for group in groups.all():
        if group.locator("textarea").count():
            expect(group.locator("textarea")).to_have_value(re.compile("très bien"))
        else:
            expect(group.locator("input").last).to_be_checked()


def test_a_conflict_links_to_its_lines_until_it_is_resolved(attendee: Attendee, page: Page) -> None:
    attendee.open_sessions()
    early = attendee.rows.filter(has_text="Sunrise Session")
    for at in range(2):
        early.nth(at).get_by_role("button").click()
        expect(early.nth(at).get_by_role("button", name=re.compile("^Added"))).to_be_visible()
    title = early.nth(1).get_by_role("heading").inner_text()
    attendee.return_to_claim()
    task = page.get_by_role("link", name=re.compile("sessions? added"))
    number = task.get_by_text("1", exact=True)
    expect(number).to_be_visible()  # instead of the check mark
    page.locator("#conflicts").get_by_role("link", name=title).click()
    expect(attendee.line(title)).to_be_in_viewport()
    attendee.line(title).get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.locator("#conflicts").get_by_role("link")).to_have_count(0)
    expect(task).to_contain_text("1 session added")
    expect(number).to_have_count(0)
