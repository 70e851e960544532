"""Files of a meeting for link previews and home screens."""

import io
import json
from dataclasses import replace

import httpx
import pytest
from PIL import Image

from cme_reflex.routes import meeting_file
from cme_reflex.web.pages import meeting_images
from tests.support.meetings import MEETING

ACCENT = (11, 85, 99)


def test_the_preview_image_shows_the_name_on_the_accent_color() -> None:
    picture = Image.open(io.BytesIO(meeting_images.image(MEETING, "preview.png")))
    assert (picture.format, picture.size) == ("PNG", meeting_images.PREVIEW_SIZE)
    assert picture.convert("RGB").getpixel((5, 5)) == ACCENT
    white = picture.convert("L").point(lambda value: 255 if value > 200 else 0).getbbox()
    assert white is not None
    left, top, right, bottom = white
    assert left >= 60
    assert top >= 60
    assert right <= 1140
    assert bottom <= 570


@pytest.mark.parametrize(("name", "size"), meeting_images.ICONS.items())
def test_an_icon_is_the_check_mark_on_the_accent_color(name: str, size: int) -> None:
    icon = Image.open(io.BytesIO(meeting_images.image(MEETING, name))).convert("RGB")
    assert icon.size == (size, size)
    assert icon.getpixel((1, 1)) == ACCENT
    assert icon.getpixel((round(14 / 32 * size), round(20.5 / 32 * size))) == (255, 255, 255)


def test_another_accent_is_another_image() -> None:
    red = replace(MEETING, look=replace(MEETING.look, accent="#990000"))
    icon = Image.open(io.BytesIO(meeting_images.image(red, "icon-192.png"))).convert("RGB")
    assert icon.getpixel((1, 1)) == (0x99, 0, 0)


def test_the_manifest_names_the_meeting_and_its_icons() -> None:
    assert meeting_images.manifest(MEETING) == {
        "name": "TEST24 CME claim",
        "short_name": "TEST24",
        "start_url": "/test24/claim",
        "scope": "/test24",
        "display": "minimal-ui",
        "background_color": "#f5f7f7",
        "theme_color": MEETING.look.accent,
        "icons": [
            {
                "src": "/meetings/test24/apple-touch-icon.png",
                "sizes": "180x180",
                "type": "image/png",
            },
            {"src": "/meetings/test24/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/meetings/test24/icon-512.png", "sizes": "512x512", "type": "image/png"},
        ],
    }


async def test_each_file_is_served_by_its_address_and_revalidated(
    client: httpx.AsyncClient,
) -> None:
    names = {"preview.png": "image/png", "manifest.webmanifest": "application/manifest+json"}
    for name, media_type in names.items():
        answer = await client.get(meeting_file(MEETING.code, name))
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        known = {"if-none-match": answer.headers["etag"]}
        again = await client.get(meeting_file(MEETING.code, name), headers=known)
        assert (again.status_code, again.content) == (304, b"")
    manifest = await client.get(meeting_file(MEETING.code, "manifest.webmanifest"))
    assert json.loads(manifest.text) == meeting_images.manifest(MEETING)


@pytest.mark.parametrize(
    "path",
    [
        "/meetings/test24/logo.svg",  # it has none
        "/meetings/test24/meeting.toml",
        "/meetings/test24/attendees.csv",
        "/meetings/nowhere/preview.png",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
