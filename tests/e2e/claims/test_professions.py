"""A nurse, a pharmacist, an American and a European surgeon claim one meeting on a phone.

All attend the same day. The figures were added up by hand, from the programme:

| session                         | minutes | AMA  | safety | ethics | opioid | EACCME | ANCC | pharm. | ACPE |
|---------------------------------|---------|------|--------|--------|--------|--------|------|--------|------|
| 7:00  Safer Spine Surgery       |      60 | 1.00 |   1.00 |        |        |    1.0 | 1.00 |        | 1.00 |
| 8:00  Degenerative …            |      90 | 1.50 |        |        |        |    1.5 | 1.50 |        |      |
| 10:00 Opioid Stewardship        |     120 | 2.00 |   1.00 |        |   2.00 |    2.0 | 2.00 |   2.00 | 2.00 |
| 10:00 Hip Arthroscopy           |     120 | 2.00 |        |        |        |    2.0 | 2.00 |        |      |
| 1:30  Thromboprophylaxis        |     100 | 1.75 |   0.50 |        |        |    1.5 | 1.75 |   1.50 | 1.75 |
| 3:30  Infection                 |      90 | 1.50 |   1.00 |        |        |    1.5 | 1.50 |        | 1.50 |
| 5:00  Case Conference           |      90 | 1.50 |        |   0.25 |        |    1.5 | 1.50 |        | 1.50 |
| sum                             |         |11.25 |   3.50 |   0.25 |   2.00 |   11.0 |11.25 |   3.50 | 7.75 |
| less the two at 10:00           |         | 9.25 |        |        |        |    9.0 | 9.25 |        |      |
| at most 8 European credits a day|         |      |        |        |        |    8.0 |      |        |      |

Pharmacists are shown CEU, of which a contact hour is a tenth: 7.75 hours are 0.775.
"""  # noqa: E501 - a table

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.e2e.attendee import Attendee
from tests.support.e2e.cme_server import CmeServer, run_cme, run_server
from tests.support.e2e.devices import DESKTOP, PHONE
from tests.support.files.pdfs import page_texts

pytestmark = pytest.mark.timeout(400)

OPIOIDS = "Opioid Stewardship after Spine Surgery"
HIP = "Hip Arthroscopy: Labrum, Capsule and Beyond"
DAY = (
    "Safer Spine Surgery: What Checklists Change",
    "Degenerative Spondylolisthesis: Decompress, Fuse or Wait",
    OPIOIDS,
    HIP,
    "Thromboprophylaxis in Joint Replacement: 100 Minutes of Evidence",
    "Infection after Arthroplasty: One Protocol, Many Hands",
    "Case Conference: Ask the Whole Team",
)


@dataclass(frozen=True)
class Profession:
    """An attendee, with the claim that is right for their profession."""

    name: str
    badge: str
    code: str
    button: str
    figures: dict[str, str]
    why: str
    certificate: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    evaluates: bool = False
    reported: bool = False


OVERLAP = "less {} that overlaps Thu, Oct 10, 10:00 am–12:00 pm"
PROFESSIONS = [
    Profession(
        name="Abernathy",
        badge="30001",
        code="ama-pra-1",
        button="9.25 AMA PRA Category 1, of which 3.50 Patient Safety, 0.25 Ethics and 2.00 Opioid "
        "Prescribing",
        figures={
            "AMA PRA Category 1 hours claimed": "9.25",
            "Of which Patient Safety": "3.50",
            "Of which Ethics": "0.25",
            "Of which Opioid Prescribing": "2.00",
        },
        why=f"AMA PRA Category 1, 9.25: 11.25 {OVERLAP.format('2.00')}",
        certificate=(
            "9.25 AMA PRA Category 1 Credits™",
            "of which 3.50 Patient Safety credits, 0.25 Ethics credits and 2.00 Opioid Prescribing",
        ),
        reported=True,
    ),
    Profession(
        name="Weber",
        badge="30002",
        code="eaccme",
        button="8.0 European CME",
        figures={"European CME hours claimed": "8.0"},
        why=f"European CME, 8.0: 11.0 {OVERLAP.format('2.0')}, less 1.0 above the daily maximum of "
        "8.0 on Thu, Oct 10",
        certificate=("8.0 European CME credits (ECMEC®s)",),
        reported=True,  # physicians are offered AMA PRA credit as well
    ),
    Profession(
        name="Jackson",
        badge="30003",
        code="ancc",
        button="9.25, of which 3.50 Pharmacology",
        figures={"Nursing hours claimed": "9.25", "Of which Pharmacology": "3.50"},
        why=f"Nursing, 9.25: 11.25 {OVERLAP.format('2.00')}",
        certificate=("9.25 nursing contact hours", "of which 3.50 pharmacology contact hours"),
    ),
    Profession(
        name="Patel",
        badge="30004",
        code="acpe",
        button="0.775",
        figures={"Pharmacy CEUs claimed": "0.775"},
        why="0.775: your 5 sessions",
        certificate=(
            "0.775 CEUs",
            "Thursday, October 10, 2024",
            "10:00 am–12:00 pm Opioid Stewardship after Spine Surgery UAN 0730-0000-24-002-L01-P",
        ),
        left_out=("Degenerative Spondylolisthesis: Decompress, Fuse or Wait", HIP),
        evaluates=True,
    ),
]


@pytest.fixture(scope="module")
def spine(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CmeServer]:
    """A server of the demo meeting for several professions."""
    folder = tmp_path_factory.mktemp("spine30")
    url = f"sqlite:///{folder / 'cme.db'}"
    environment = {"CME_MEETING": "spine30"}
    run_cme("db", "upgrade", CME_DATABASE_URL=url, **environment)
    run_cme("meeting", "load", "meetings/spine30", CME_DATABASE_URL=url, **environment)
    with run_server(url, folder / "server.log", **environment) as server:
        yield server


@pytest.fixture
def phone_page(browser: Browser, spine: CmeServer) -> Iterator[Page]:
    """A phone at that meeting."""
    context = browser.new_context(base_url=spine.url, **PHONE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("who", PROFESSIONS, ids=lambda who: who.code)
def test_a_day_is_claimed_and_certified_as_the_profession_asks(
    phone_page: Page, who: Profession
) -> None:
    page, attendee = phone_page, Attendee(phone_page, "spine30")
    attendee.sign_in_by_request(who.name, who.badge)
    attendee.open_sessions()
    for title in DAY:
        if title in who.left_out:
            attendee.search(title)
            expect(attendee.row(title)).to_contain_text("No credit for your profession")
        else:
            attendee.add_session(title)
    attendee.return_to_claim()
    if who.evaluates:
        evaluate_all(attendee, [title for title in DAY if title not in who.left_out])
    attendee.open_submit()
    attendee.answer_required_questions()
    expect(page.locator("#reporting")).to_have_count(1 if who.reported else 0)
    bar = page.get_by_role("region", name="Your claim so far")
    bar.locator("summary").first.click()
    expect(bar).to_contain_text(who.why)
    button = f"Claim all that my sessions support: {who.button}"
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(f"#total-{who.code}")).not_to_have_value("")
    attendee.wait_after_tap()
    page.locator("#attestation").check()
    attendee.submit()
    page.wait_for_url("**/claim")
    page.goto("/receipt")
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    rows = dict(re.findall(r"(.+)\n(.+)", page.get_by_role("main").locator("dl").inner_text()))
    claimed = {label: rows[label] for label in rows if label not in ("Receipt number", "Name")}
    assert claimed.pop("Submitted")
    assert claimed == who.figures
    with page.expect_download() as download:
        page.get_by_role("link", name="Download certificate").click()
    printed = " ".join(" ".join(page_texts(download.value.path().read_bytes())).split())
    for words in who.certificate:
        assert words in printed


def test_at_a_desk_the_bar_wraps_above_its_meter(browser: Browser, spine: CmeServer) -> None:
    context = browser.new_context(base_url=spine.url, **DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    attendee = Attendee(page, "spine30")
    attendee.sign_in_by_request("O'Sullivan", "30016")
    attendee.open_sessions()
    explained = page.get_by_role("region", name="Your claim so far").locator("details").first
    expect(explained).to_contain_text("AMA PRA Category 1")
    bottom, top = explained.evaluate(
        """details => [
            details.querySelector("summary svg").getBoundingClientRect().bottom,
            details.parentElement.nextElementSibling.getBoundingClientRect().top,
        ]"""
    )
    assert bottom <= top
    context.close()


def evaluate_all(attendee: Attendee, titles: list[str]) -> None:
    """Answer what each session's evaluation requires, which its credit needs."""
    page = attendee.page
    expect(page.get_by_role("main")).to_contain_text("needed for Pharmacy")
    for title in titles:
        line = attendee.line(title)
        expect(line).to_contain_text("Does not count for Pharmacy until you evaluate it")
        attendee.open_evaluation(title)
        attendee.answer_required_questions()
        page.get_by_role("link", name="Done").click()
        expect(line).not_to_contain_text("Does not count")
        attendee.wait_after_tap()
