"""What Reflex's build writes that has to be different.

Relies on: the build writes the socket's absolute address, `Endpoint.EVENT.get_url()`, as a literal
into exactly one script, makes 404.html of `ReactRouter.SPA_FALLBACK`, and then runs `post_build`
of every plugin with the folder as `static_dir`.
"""

from pathlib import Path
from typing import Any

import reflex as rx
from reflex_base.constants import Endpoint, ReactRouter

SPA_FALLBACK: str = ReactRouter.SPA_FALLBACK
"""The file that becomes 404.html."""

# The page's own address with ws for http.
_PAGE_ORIGIN = 'location.origin.replace("http","ws")+'


class RelativeSocketUrlPlugin(rx.plugins.Plugin):
    """Make one build serve on any host and port.

    Reflex writes the socket's absolute address (`api_url`) into the built JavaScript.
    This replaces it by an expression, so that the socket is always where the page is.
    """

    def post_build(self, **context: Any) -> None:
        """Rewrite the address in the built scripts; fail if it is not in exactly one."""
        static_dir: Path = context["static_dir"]
        found = [path for path in static_dir.rglob("*.js") if _rewrite(path)]
        if len(found) != 1:
            raise SystemExit(
                f"The socket's address {Endpoint.EVENT.get_url()!r} was expected in one built "
                f"script and found in {len(found)}: see cme_reflex/reflex_bridge/frontend_build.py."
            )


def _rewrite(script: Path) -> bool:
    """Whether the script held the address as a literal, which now is an expression."""
    address = Endpoint.EVENT.get_url()
    path = "/" + address.split("/", 3)[3]
    before = script.read_text("utf-8")
    after = before
    for quote in '"`':
        after = after.replace(f"{quote}{address}{quote}", f'{_PAGE_ORIGIN}"{path}"')
    if after != before:
        script.write_text(after, "utf-8")
    return after != before
