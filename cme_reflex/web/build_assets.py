"""Static pages that the build writes beside the application's: not found, and maintenance.

They name no meeting, because the build knows none.
"""

from pathlib import Path
from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.reflex_bridge.frontend_build import SPA_FALLBACK
from cme_reflex.routes import HOME
from cme_reflex.settings import ROOT
from cme_reflex.text.site.error_pages import ErrorPage
from cme_reflex.web.templates import render

MAINTENANCE_PAGE = "away.html"

_ASSETS = ROOT / "assets"


class BuildAssetsPlugin(rx.plugins.Plugin):
    """Reflex plugin that writes these pages beside the built ones."""

    def post_build(self, **context: Any) -> None:
        """Render the two pages."""
        static_dir: Path = context["static_dir"]
        (static_dir / MAINTENANCE_PAGE).write_text(maintenance_page(), "utf-8")
        # Reflex copies this file to 404.html; its own version has no text until its scripts run.
        not_found = _page("error.html", text.error_pages.NOT_FOUND)
        (static_dir / SPA_FALLBACK).write_text(not_found, "utf-8")


def maintenance_page() -> str:
    """The page that a proxy shows while the server is down. Only its icon is an external file."""
    styles = [(_ASSETS / name).read_text("utf-8") for name in ("tokens.css", "components.css")]
    return _page("maintenance.html", text.error_pages.AWAY, styles=styles)


def _page(template: str, page: ErrorPage, **values: Any) -> str:
    return render(template, page=page, href=HOME, meeting=None, **values)
