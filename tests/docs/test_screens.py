"""docs/screens: a picture and a caption for each screen."""

from cme_reflex.settings import ROOT
from tests.support.e2e.screens.screen_captions import CAPTIONS, index

SCREENS = ROOT / "docs" / "screens"


def test_every_picture_has_a_caption() -> None:
    assert {path.stem for path in SCREENS.glob("*.webp")} == set(CAPTIONS)


def test_the_page_shows_every_picture_with_its_caption() -> None:
    assert (SCREENS / "README.md").read_text("utf-8") == index()
