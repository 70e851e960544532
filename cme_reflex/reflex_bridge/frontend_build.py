"""Changes to the output of Reflex's frontend build.

Relies on: the build writes the socket's absolute address, `Endpoint.EVENT.get_url()`, as a literal
into exactly one script, copies `ReactRouter.SPA_FALLBACK` to 404.html, and runs `post_build`
of every plugin before that, with the folder as `static_dir`.
"""

from pathlib import Path
from typing import Any

import reflex as rx
from reflex_base.constants import Endpoint, ReactRouter

SPA_FALLBACK: str = ReactRouter.SPA_FALLBACK
"""The file that becomes 404.html."""

# The origin of the page, with ws instead of http.
_PAGE_ORIGIN = 'location.origin.replace("http","ws")+'


class RelativeSocketUrlPlugin(rx.plugins.Plugin):
    """Makes the socket's URL relative, so that one build works on any host and port.

    Reflex writes the absolute URL (`api_url`) into the built JavaScript. This replaces it by an
    expression with the page's origin.
    """

    def post_build(self, **context: Any) -> None:
        """Replace the URL in the built scripts; raises SystemExit unless exactly one has it."""
        static_dir: Path = context["static_dir"]
        found = [path for path in static_dir.rglob("*.js") if _rewrite(path)]
        if len(found) != 1:
            raise SystemExit(
                f"The socket's address {Endpoint.EVENT.get_url()!r} was expected in one built "
                f"script and found in {len(found)}: see cme_reflex/reflex_bridge/frontend_build.py."
            )


def _rewrite(script: Path) -> bool:
    """Replace the URL in this script; False if the script does not contain it."""
    address = Endpoint.EVENT.get_url()
    path = "/" + address.split("/", 3)[3]
    before = script.read_text("utf-8")
    after = before
    for quote in '"`':
        after = after.replace(f"{quote}{address}{quote}", f'{_PAGE_ORIGIN}"{path}"')
    if after != before:
        script.write_text(after, "utf-8")
    return after != before
