"""Files of a meeting for link previews and home screens: image, icons and web app manifest."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from cme_reflex import text
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.pdf.typesetting import typeset
from cme_reflex.routes import HOME, in_meeting, meeting_file
from cme_reflex.services.meetings.meeting_view import PREVIEW
from cme_reflex.web import templates

PREVIEW_SIZE = (1200, 630)  # pixels, the size that link previews expect
TOUCH_ICON = "apple-touch-icon.png"
ICONS = {TOUCH_ICON: 180, "icon-192.png": 192, "icon-512.png": 512}  # width and height in pixels
MANIFEST = "manifest.webmanifest"
IMAGES = frozenset({PREVIEW, *ICONS})

_TEMPLATES = Path(templates.__file__).parent
_POINTS_AN_INCH = 72.0  # one point of the drawing is one pixel
_CACHED = 128  # images of some 10 kB


def image(meeting: Meeting, name: str) -> bytes:
    """The image with this name, one of IMAGES, as a PNG."""
    if name == PREVIEW:
        days = text.dates.days(meeting.starts_on, meeting.ends_on)
        return _preview(meeting.look.accent, meeting.name, days, meeting.provider.name)
    return _icon(meeting.look.accent, ICONS[name])


def manifest(meeting: Meeting) -> dict[str, Any]:
    """The web app manifest: the name on a home screen, the icons, the start URL and the colors."""
    return {
        "name": text.preview.TITLE.format(meeting=meeting.short_name),
        "short_name": meeting.short_name,
        "start_url": in_meeting(meeting.code, HOME),
        "scope": in_meeting(meeting.code, "/"),
        "display": "minimal-ui",
        "background_color": "#f5f7f7",
        "theme_color": meeting.look.accent,
        "icons": [
            {
                "src": meeting_file(meeting.code, name),
                "sizes": f"{size}x{size}",
                "type": "image/png",
            }
            for name, size in ICONS.items()
        ],
    }


@lru_cache(maxsize=_CACHED)
def _preview(accent: str, name: str, days: str, provider: str) -> bytes:
    """The meeting's name on its accent color."""
    return _png(
        "preview.typ",
        accent=accent,
        name=name,
        what=text.preview.WHAT,
        days=days,
        provider=provider,
    )


@lru_cache(maxsize=_CACHED)
def _icon(accent: str, size: int) -> bytes:
    """The favicon on the accent color, `size` pixels square."""
    return _png("touch_icon.typ", accent=accent, size=str(size))


def _png(template: str, **values: str) -> bytes:
    return typeset(_TEMPLATES / template, values, format="png", ppi=_POINTS_AN_INCH)
