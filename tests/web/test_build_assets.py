"""Static assets that the build makes from the meeting's data."""

import io
import json
import re

import pytest
from PIL import Image

from cme_reflex.services.meetings.branding import current_meeting
from cme_reflex.settings import settings
from cme_reflex.web import build_assets

ACCENT = (11, 85, 99)


def test_the_preview_image_shows_the_name_on_the_accent_color() -> None:
    picture = Image.open(io.BytesIO(build_assets.og_image()))
    assert (picture.format, picture.size) == ("PNG", build_assets.OG_IMAGE_SIZE)
    assert picture.convert("RGB").getpixel((5, 5)) == ACCENT
    white = picture.convert("L").point(lambda value: 255 if value > 200 else 0).getbbox()
    assert white is not None
    left, top, right, bottom = white
    assert left >= 60
    assert top >= 60
    assert right <= 1140
    assert bottom <= 570


@pytest.mark.parametrize(("name", "size"), build_assets.ICONS.items())
def test_an_icon_is_the_check_mark_on_the_accent_color(name: str, size: int) -> None:
    icon = Image.open(io.BytesIO(build_assets.touch_icon(size))).convert("RGB")
    assert icon.size == (size, size)
    assert icon.getpixel((1, 1)) == ACCENT
    assert icon.getpixel((round(14 / 32 * size), round(20.5 / 32 * size))) == (255, 255, 255)


def test_the_manifest_names_the_meeting_and_its_icons() -> None:
    meeting = current_meeting()
    assert build_assets.manifest() == {
        "name": f"{meeting.short_name} CME claim",
        "short_name": meeting.short_name,
        "start_url": "/claim",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#f5f7f7",
        "theme_color": meeting.look.accent,
        "icons": [
            {"src": "/apple-touch-icon.png", "sizes": "180x180", "type": "image/png"},
            {"src": "/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/icon-512.png", "sizes": "512x512", "type": "image/png"},
        ],
    }
    assert json.loads(json.dumps(build_assets.manifest())) == build_assets.manifest()


@pytest.mark.parametrize("base", ["", "https://cme.example.org"])
def test_the_preview_url_is_absolute_with_a_public_url(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_PUBLIC_URL", base)
    settings.cache_clear()
    assert build_assets.og_image_url() == f"{base}/preview.png"
    named = {
        str(meta.property): str(meta.content)
        for meta in build_assets.head_tags()
        if getattr(meta, "property", None) is not None
    }
    assert any("og:title" in name for name in named)
    assert any("og:url" in name for name in named) is bool(base)
    settings.cache_clear()


def test_the_maintenance_page_loads_nothing_but_its_icon() -> None:
    page = build_assets.maintenance_page()
    assert "Everything you saved is safe" in page
    assert "registration@plasticsurgery.org" in page
    assert "Dec 31, 2030" in page
    assert re.findall(r'(?:src|href)="(?!mailto:)([^"]*)"', page) == ["/favicon.svg", "/claim"]
    assert "url(" not in page
    assert "<script" not in page


def test_the_not_found_page_needs_no_script() -> None:
    page = build_assets.not_found_page()
    for part in ("There is no such page", "registration@plasticsurgery.org", "Dec 31, 2030"):
        assert part in page
    assert "<script" not in page
