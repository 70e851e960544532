"""What else is built of the meeting, for links that are shared and for where no page can be.

The picture and the words of a shared link, the icons of a phone's home screen, the page for an
address that leads nowhere, and the page that a proxy shows in our place.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import reflex as rx
import typst

from cme_reflex import text
from cme_reflex.formats.pdf.fonts import FONTS_FOLDER, replace_unprintable
from cme_reflex.reflex_bridge.frontend_build import SPA_FALLBACK
from cme_reflex.routes import HOME
from cme_reflex.services.meetings import branding
from cme_reflex.services.meetings.branding import current_meeting
from cme_reflex.settings import ROOT, settings
from cme_reflex.web.templates import render

OG_IMAGE = "preview.png"
OG_IMAGE_SIZE = (1200, 630)  # pixels, as the readers of Open Graph ask for
TOUCH_ICON = "apple-touch-icon.png"
ICONS = {TOUCH_ICON: 180, "icon-192.png": 192, "icon-512.png": 512}  # pixels a side
MANIFEST = "manifest.webmanifest"
MAINTENANCE_PAGE = "away.html"

_TEMPLATES = Path(__file__).parent / "templates"
_ASSETS = ROOT / "assets"
_POINTS_AN_INCH = 72.0  # so that a point of the drawing is a pixel


class BuildAssetsPlugin(rx.plugins.Plugin):
    """Write these files beside the built pages."""

    def post_build(self, **context: Any) -> None:
        """Take the logo along, draw the pictures, and fill in the page and the manifest."""
        static_dir: Path = context["static_dir"]
        for logo in filter(None, branding.logos()):
            (static_dir / logo.file.name).write_bytes(logo.file.read_bytes())
        (static_dir / OG_IMAGE).write_bytes(og_image())
        for name, size in ICONS.items():
            (static_dir / name).write_bytes(touch_icon(size))
        (static_dir / MANIFEST).write_text(json.dumps(manifest(), ensure_ascii=False), "utf-8")
        (static_dir / MAINTENANCE_PAGE).write_text(maintenance_page(), "utf-8")
        # Reflex makes 404.html of this one, whose own words come with its scripts.
        (static_dir / SPA_FALLBACK).write_text(not_found_page(), "utf-8")


def head_tags() -> list[rx.Component]:
    """What stands in the head of every page for those who show a link to it, and for phones.

    Reflex itself writes og:image, from a page's `image`: see `og_image_url`.
    """
    meeting, base = current_meeting(), settings().public_url
    width, height = OG_IMAGE_SIZE
    said = {
        "og:type": "website",
        "og:site_name": meeting.provider.name,
        "og:title": text.preview.TITLE.format(meeting=meeting.short_name),
        "og:description": text.preview.TEXT.format(
            meeting=meeting.name, deadline=branding.deadline_text()
        ),
        **({"og:url": f"{base}/"} if base else {}),
        "og:image:width": str(width),
        "og:image:height": str(height),
        "og:image:alt": meeting.name,
    }
    return [
        *(rx.el.meta(property=name, content=content) for name, content in said.items()),
        rx.el.meta(name="description", content=said["og:description"]),
        rx.el.meta(name="twitter:card", content="summary_large_image"),
        rx.el.meta(name="robots", content="noindex"),
        rx.el.link(rel="apple-touch-icon", href=f"/{TOUCH_ICON}"),
        rx.el.link(rel="manifest", href=f"/{MANIFEST}"),
    ]


def og_image_url() -> str:
    """The address of the preview: absolute, as its readers ask, where CME_PUBLIC_URL is known."""
    return f"{settings().public_url or ''}/{OG_IMAGE}"


def og_image() -> bytes:
    """The picture of a shared link, a PNG: the meeting's name on its accent."""
    meeting = current_meeting()
    return _render_png(
        "preview.typ",
        accent=meeting.look.accent,
        name=replace_unprintable(meeting.name),
        what=text.preview.WHAT,
        days=text.dates.days(meeting.starts_on, meeting.ends_on),
        provider=replace_unprintable(meeting.provider.name),
    )


def touch_icon(size: int) -> bytes:
    """The favicon on the meeting's accent as a PNG, `size` pixels wide and high."""
    return _render_png("touch_icon.typ", accent=current_meeting().look.accent, size=str(size))


def manifest() -> dict[str, Any]:
    """The web app manifest: how the site is called on a home screen, and how it opens there."""
    meeting = current_meeting()
    return {
        "name": text.preview.TITLE.format(meeting=meeting.short_name),
        "short_name": meeting.short_name,
        "start_url": HOME,
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#f5f7f7",
        "theme_color": meeting.look.accent,
        "icons": [
            {"src": f"/{name}", "sizes": f"{size}x{size}", "type": "image/png"}
            for name, size in ICONS.items()
        ],
    }


def maintenance_page() -> str:
    """The page that a proxy shows while no server answers. It needs nothing of it but its icon."""
    styles = [(_ASSETS / name).read_text("utf-8") for name in ("tokens.css", "look.css")]
    return render("away.html", styles=styles, home=HOME, **branding.template_context())


def not_found_page() -> str:
    """The page that is served, with the status 404, at an address that leads nowhere."""
    return render("not_found.html", home=HOME, **branding.template_context())


@lru_cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS_FOLDER)]
    )


def _render_png(template: str, **inputs: str) -> bytes:
    return typst.compile(
        _TEMPLATES / template,
        format="png",
        ppi=_POINTS_AN_INCH,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
    )
