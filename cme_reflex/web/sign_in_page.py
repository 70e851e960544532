"""The sign-in page as the response to a posted form that needs a second number.

It is the built page with what was typed in its fields, one more field and a message that says why.
It is sent without scripts: its address is that of the form's route, for which they have no page,
and it works without them. Nothing that was typed is stored or part of an address.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse, Response

from cme_reflex.settings import ROOT

BUILT_PAGE = ROOT / ".web" / "build" / "client" / "index.html"
TYPED = ("last_name", "number", "second_number")
"""Names of the fields that keep what was typed."""

_SCRIPTS = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*\brel=\"(?:modulepreload|expect)\"[^>]*>", re.DOTALL
)


def second_number_page(code: str, typed: Mapping[str, str]) -> Response | None:
    """The page with the message of this code; None if the pages are not built."""
    try:
        built = _read(BUILT_PAGE, BUILT_PAGE.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    return HTMLResponse(fill(built, code, typed), headers={"cache-control": "no-store"})


def fill(built: str, code: str, typed: Mapping[str, str]) -> str:
    """The built page with its second field, the message of this code, and what was typed."""
    page = _SCRIPTS.sub("", built)
    page = page.replace('data-second-number=""', 'data-second-number="asked"')
    page = _with_attribute(page, f'id="{code}"', 'data-shown=""')
    for name in TYPED:
        value = escape(typed.get(name, ""))
        page = _with_attribute(page, f'name="{name}"', f'value="{value}"')
    return page


def _with_attribute(page: str, marker: str, attribute: str) -> str:
    """The page with one more attribute for the element whose tag contains the marker."""
    head, found, tail = page.partition(f" {marker}")
    return f"{head} {attribute}{found}{tail}" if found else page


@lru_cache(maxsize=1)
def _read(file: Path, _written_at: int) -> str:
    return file.read_text("utf-8")
