"""Content security policy: scripts are files of this site, and inline scripts of the build.

Inline scripts are allowed by hash only, so that injected markup cannot run any. Inline styles are
allowed, because React sets them.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path


def policy(pages: Path) -> str:
    """The header's value for the built pages in this folder."""
    hashes = sorted(set(_hashes(pages.rglob("*.html"))))
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *hashes],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _hashes(pages: Iterable[Path]) -> Iterator[str]:
    for page in pages:
        scripts = _InlineScripts()
        scripts.feed(page.read_text("utf-8"))
        scripts.close()
        for script in scripts.found:
            digest = hashlib.sha256(script.encode()).digest()
            yield f"'sha256-{base64.b64encode(digest).decode()}'"


class _InlineScripts(HTMLParser):
    """Parser that collects the inline scripts of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False
