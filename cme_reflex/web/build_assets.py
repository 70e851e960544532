"""Static assets that the build makes from the meeting's data.

Open Graph image and tags, home-screen icons, web app manifest, the 404 page, and the maintenance
page that a proxy shows while the server is down.
"""

import json
from pathlib import Path
from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.formats.pdf.typesetting import typeset
from cme_reflex.reflex_bridge.frontend_build import SPA_FALLBACK
from cme_reflex.routes import HOME
from cme_reflex.services.meetings import branding
from cme_reflex.services.meetings.branding import current_meeting
from cme_reflex.settings import ROOT, settings
from cme_reflex.web.templates import render

OG_IMAGE = "preview.png"
OG_IMAGE_SIZE = (1200, 630)  # pixels, the size that link previews expect
TOUCH_ICON = "apple-touch-icon.png"
ICONS = {TOUCH_ICON: 180, "icon-192.png": 192, "icon-512.png": 512}  # width and height in pixels
MANIFEST = "manifest.webmanifest"
MAINTENANCE_PAGE = "away.html"

_TEMPLATES = Path(__file__).parent / "templates"
_ASSETS = ROOT / "assets"
_POINTS_AN_INCH = 72.0  # one point of the drawing is one pixel


class BuildAssetsPlugin(rx.plugins.Plugin):
    """Reflex plugin that writes these files beside the built pages."""

    def post_build(self, **context: Any) -> None:
        """Copy the logos; render the images, the manifest and the two pages."""
        static_dir: Path = context["static_dir"]
        for logo in filter(None, branding.logos()):
            (static_dir / logo.file.name).write_bytes(logo.file.read_bytes())
        (static_dir / OG_IMAGE).write_bytes(og_image())
        for name, size in ICONS.items():
            (static_dir / name).write_bytes(touch_icon(size))
        (static_dir / MANIFEST).write_text(json.dumps(manifest(), ensure_ascii=False), "utf-8")
        (static_dir / MAINTENANCE_PAGE).write_text(maintenance_page(), "utf-8")
        # Reflex copies this file to 404.html; its own version has no text until its scripts run.
        (static_dir / SPA_FALLBACK).write_text(not_found_page(), "utf-8")


def head_tags() -> list[rx.Component]:
    """The tags in the head of every page for link previews and home screens.

    Reflex itself writes og:image from a page's `image`: see `og_image_url`.
    """
    meeting, base = current_meeting(), settings().public_url
    width, height = OG_IMAGE_SIZE
    properties = {
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
        *(rx.el.meta(property=name, content=content) for name, content in properties.items()),
        rx.el.meta(name="description", content=properties["og:description"]),
        rx.el.meta(name="twitter:card", content="summary_large_image"),
        rx.el.meta(name="robots", content="noindex"),
        rx.el.link(rel="apple-touch-icon", href=f"/{TOUCH_ICON}"),
        rx.el.link(rel="manifest", href=f"/{MANIFEST}"),
    ]


def og_image_url() -> str:
    """The URL of the Open Graph image; absolute if CME_PUBLIC_URL is set."""
    return f"{settings().public_url or ''}/{OG_IMAGE}"


def og_image() -> bytes:
    """The Open Graph image, a PNG: the meeting's name on its accent color."""
    meeting = current_meeting()
    return _render_png(
        "preview.typ",
        accent=meeting.look.accent,
        name=meeting.name,
        what=text.preview.WHAT,
        days=text.dates.days(meeting.starts_on, meeting.ends_on),
        provider=meeting.provider.name,
    )


def touch_icon(size: int) -> bytes:
    """The home-screen icon, a PNG: the favicon on the accent color, `size` pixels square."""
    return _render_png("touch_icon.typ", accent=current_meeting().look.accent, size=str(size))


def manifest() -> dict[str, Any]:
    """The web app manifest: the name on a home screen, the icons, the start URL and the colors."""
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
    """The page that a proxy shows while the server is down. Only its icon is an external file."""
    styles = [(_ASSETS / name).read_text("utf-8") for name in ("tokens.css", "components.css")]
    return render("maintenance.html", styles=styles, home=HOME, **branding.template_context())


def not_found_page() -> str:
    """The page that is served with status 404."""
    return render("not_found.html", home=HOME, **branding.template_context())


def _render_png(template: str, **values: str) -> bytes:
    return typeset(_TEMPLATES / template, values, format="png", ppi=_POINTS_AN_INCH)
