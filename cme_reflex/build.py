"""What this project adds to Reflex's build of the frontend."""

from pathlib import Path
from typing import Any

from reflex_base.constants import Endpoint
from reflex_base.plugins import Plugin

from cme_reflex.routes import SESSIONS
from cme_reflex.web.filled_page import shapes_of, without_shapes

SHAPES = Path("shapes")  # beside what is served

# The page's own address with ws for http.
_HERE = 'location.origin.replace("http","ws")+'


class AnyHostPlugin(Plugin):
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
                f"script and found in {len(found)}: see cme_reflex/build.py."
            )


class ShapesPlugin(Plugin):
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


def _rewrite(script: Path) -> bool:
    """Whether the script held the address as a literal, which now is an expression."""
    address = Endpoint.EVENT.get_url()
    path = "/" + address.split("/", 3)[3]
    before = script.read_text("utf-8")
    after = before
    for quote in '"`':
        after = after.replace(f"{quote}{address}{quote}", f'{_HERE}"{path}"')
    if after != before:
        script.write_text(after, "utf-8")
    return after != before
