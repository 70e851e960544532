"""Colors, font sizes, radii, shadows and durations are defined in one file."""

import re

import pytest

from cme_reflex.formats.meeting_folder.checks.folder_check import DARK_SURFACE
from cme_reflex.settings import ROOT

TOKENS = (ROOT / "assets" / "tokens.css").read_text("utf-8")
ELSEWHERE = ("assets/components.css", "cme_reflex/web/templates/base.html")
DECLARATION = re.compile(
    r"(?:font-size|border-radius|box-shadow|color|background|[a-z-]+-color): ([^;}]+)"
)
COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
DURATION = re.compile(r"(?<![\w-])[\d.]+m?s\b")
KEYWORDS = {"0", "none", "transparent", "currentColor", "inherit", "ButtonText", "Highlight"}


@pytest.mark.parametrize("file", ELSEWHERE)
def test_no_color_size_or_duration_is_set_outside_the_tokens(file: str) -> None:
    source = re.sub(r"/\*.*?\*/", "", (ROOT / file).read_text("utf-8"), flags=re.DOTALL)
    assert COLOR.findall(source) == []
    # The delay of skeletons is the only duration that is not a token.
    assert set(DURATION.findall(source)) <= {"300ms"}
    values = {value.strip() for value in DECLARATION.findall(source)}
    assert {value for value in values if "var(--" not in value} <= KEYWORDS


def test_the_accent_is_checked_against_the_real_surface() -> None:
    light, dark = re.findall(r"--surface: (#\w+);", TOKENS)[:2]
    assert (light, dark) == ("#ffffff", DARK_SURFACE)
