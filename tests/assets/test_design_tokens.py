"""Color, size of text, corners, shadow and motion are chosen in one file."""

import re

import pytest

from cme_reflex.formats.meeting_folder.folder_check import DARK_SURFACE
from cme_reflex.settings import ROOT

TOKENS = (ROOT / "assets" / "tokens.css").read_text("utf-8")
ELSEWHERE = ("assets/components.css", "cme_reflex/web/templates/plain.html")
CHOSEN = re.compile(
    r"(?:font-size|border-radius|box-shadow|color|background|[a-z-]+-color): ([^;}]+)"
)
A_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
A_TIME = re.compile(r"(?<![\w-])[\d.]+m?s\b")
OF_THE_SYSTEM = {"0", "none", "transparent", "currentColor", "inherit", "ButtonText", "Highlight"}


@pytest.mark.parametrize("file", ELSEWHERE)
def test_what_is_not_a_token_is_not_chosen_elsewhere(file: str) -> None:
    source = re.sub(r"/\*.*?\*/", "", (ROOT / file).read_text("utf-8"), flags=re.DOTALL)
    assert A_COLOR.findall(source) == []
    # Nothing blinks under 300 ms: the one time that is no motion's.
    assert set(A_TIME.findall(source)) <= {"300ms"}
    values = {value.strip() for value in CHOSEN.findall(source)}
    assert {value for value in values if "var(--" not in value} <= OF_THE_SYSTEM


def test_the_accent_is_checked_against_the_surface_that_is_there() -> None:
    light, dark = re.findall(r"--surface: (#\w+);", TOKENS)[:2]
    assert (light, dark) == ("#ffffff", DARK_SURFACE)
