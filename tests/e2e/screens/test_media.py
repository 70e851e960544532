"""Media features: print, reduced motion, more contrast, forced colors."""

import io
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.support.e2e.attendee import SEED, Attendee

# Controls that would be printed, and sticky elements that would repeat on each sheet.
ON_PAPER = """() => {
    const visible = (element) => element.checkVisibility() && element.getClientRects().length > 0;
    const controls = [...document.querySelectorAll("button, .button, [role=search], summary")];
    const sticky = [...document.querySelectorAll("*")].filter((element) =>
        ["fixed", "sticky"].includes(getComputedStyle(element).position));
    const found = [...controls, ...sticky].filter(visible);
    return found.map((element) => element.outerHTML.slice(0, 120));
}"""

COLORS = """() => {
    const elements = [...document.querySelectorAll("main *")].filter((element) =>
        element.checkVisibility() && element.getClientRects().length > 0);
    return [...new Set(elements.flatMap((element) => {
        const { color, backgroundColor } = getComputedStyle(element);
        return [color, backgroundColor];
    }))].sort();
}"""

MARGIN = dict.fromkeys(("top", "right", "bottom", "left"), "0.5in")
BLACK, WHITE, NOTHING = "rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"


@pytest.fixture
def claimant(attendee: Attendee) -> Attendee:
    """An attendee with two sessions on the claim."""
    attendee.claim_sessions(SEED[1], SEED[4])
    expect(attendee.line(SEED[1])).to_be_visible()
    return attendee


@pytest.fixture
def submitted(attendee: Attendee) -> Attendee:
    """An attendee with two sessions on the receipt page."""
    attendee.submit_claim(SEED[1], SEED[4])
    page = attendee.page
    page.goto("/receipt")
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    expect(page.get_by_text("Receipt number", exact=True)).to_be_visible()
    return attendee


def printed(page: Page, folder: Path) -> str:
    """The printed text of the page in dark mode, after checks of what is printed."""
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ON_PAPER) == []
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert set(page.evaluate(COLORS)) <= {BLACK, WHITE, NOTHING}
    page.emulate_media(media=None, color_scheme="dark")
    document = page.pdf(format="Letter", margin=MARGIN)
    (folder / "printed.pdf").write_bytes(document)
    sheets = pypdfium2.PdfDocument(io.BytesIO(document))
    corner = sheets[0].render().to_pil().convert("RGB").getpixel((3, 3))
    assert corner == (255, 255, 255)
    words = [sheet.get_textpage().get_text_bounded() for sheet in sheets]
    return " ".join(" ".join(words).split())


def test_the_claim_is_printed_without_controls(claimant: Attendee, tmp_path: Path) -> None:
    words = printed(claimant.page, tmp_path)
    for expected in (SEED[1], SEED[4], "Session Evaluations"):
        assert expected in words
    for control in ("Add Sessions", "Remove", "Save & Log Out", "Skip to content", "http"):
        assert control not in words


def test_the_receipt_is_printed_in_full(submitted: Attendee, tmp_path: Path) -> None:
    words = printed(submitted.page, tmp_path)
    for expected in (
        "Your receipt",
        "Receipt number PSTM24-",
        "Category 1 hours claimed",
        *SEED[1:2],
    ):
        assert expected in words
    for control in ("Download certificate", "Back to your claim", "Save & Log Out", "http"):
        assert control not in words


def test_reduced_motion_stops_animations(attendee: Attendee) -> None:
    page = attendee.page
    attendee.open_sessions()
    moving = """() => [...document.querySelectorAll("*")].filter((element) => {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
        const times = [transitionDuration, animationName === "none" ? "0s" : animationDuration];
        return times.some((time) => time.split(",").some((each) => parseFloat(each) > 0));
    }).length"""
    assert page.evaluate(moving) > 0
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_removes_muted_text_and_faint_lines(attendee: Attendee, scheme: str) -> None:
    page = attendee.page
    attendee.open_sessions()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    colors = """() => {
        const of = (selector) => getComputedStyle(document.querySelector(selector));
        return {
            ink: of("h1").color,
            muted: of(".session-place").color,
            line: of("header").borderBottomColor,
            edge: of("#search").borderBottomColor,
        };
    }"""
    usual = page.evaluate(colors)
    assert usual["muted"] != usual["ink"]
    assert usual["line"] != usual["edge"]
    page.emulate_media(color_scheme=scheme, contrast="more")  # type: ignore[arg-type]
    assert page.evaluate(colors) == {
        **usual, "muted": usual["ink"], "line": usual["edge"],
    }  # fmt: skip


def test_in_forced_colors_focus_and_choice_are_distinct(attendee: Attendee) -> None:
    page = attendee.page
    attendee.open_sessions()
    page.emulate_media(forced_colors="active")
    look = """element => {
        const { outlineStyle, outlineWidth, borderStyle } = getComputedStyle(element);
        return [outlineStyle === "none" ? 0 : parseFloat(outlineWidth), borderStyle];
    }"""
    show = page.get_by_role("radiogroup", name="Show").locator(".chip")
    assert show.nth(0).evaluate(look) == [2, "solid"]  # chosen
    assert show.nth(1).evaluate(look) == [0, "solid"]
    page.get_by_label("Search Sessions").focus()
    assert page.get_by_label("Search Sessions").evaluate(look) == [3, "solid"]
    add = attendee.rows.first.get_by_role("button")
    assert add.evaluate(look) == [0, "solid"]
    page.keyboard.press("Tab")
    expect(page.get_by_label("Session", exact=True)).to_be_focused()
    assert page.get_by_label("Session", exact=True).evaluate(look)[0] == 3
