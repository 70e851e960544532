"""The sign-in page as the response to a posted form that needs a second number.

It is the built page with what was typed in its fields, one more field and a message that says why.
It is sent without scripts: its address is that of the form's route, for which they have no page,
and it works without them. Nothing that was typed is stored or part of an address.
"""

import re
from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse, Response

from cme_reflex.routes import SIGN_IN_FORM
from cme_reflex.web.pages.meeting_pages import built_page, newest_view, page

BUILT_PAGE = built_page(SIGN_IN_FORM)
TYPED = ("last_name", "number", "second_number")
"""Names of the fields that keep what was typed."""

_SCRIPTS = re.compile(
    r"<script\b.*?</script>"
    r"|<link\b[^>]*\b(?:rel=\"modulepreload\"|rel=\"expect\"|as=\"script\")[^>]*>",
    re.DOTALL,
)


async def second_number_page(meeting: str, code: str, typed: Mapping[str, str]) -> Response | None:
    """The page with the message of this code; None if the pages are not built."""
    view = await newest_view(meeting)
    if view is None or not BUILT_PAGE.exists():
        return None
    built = page(BUILT_PAGE, view).plain.decode()
    return HTMLResponse(fill(built, code, typed), headers={"cache-control": "no-store"})


def fill(built: str, code: str, typed: Mapping[str, str]) -> str:
    """The built page with its second field, the message of this code, and what was typed."""
    shown = _SCRIPTS.sub("", built)
    shown = shown.replace('data-second-number=""', 'data-second-number="asked"')
    shown = _with_attribute(shown, f'id="{code}"', 'data-shown=""')
    for name in TYPED:
        value = escape(typed.get(name, ""))
        shown = _with_attribute(shown, f'name="{name}"', f'value="{value}"')
    return shown


def _with_attribute(page: str, marker: str, attribute: str) -> str:
    """The page with one more attribute for the element whose tag contains the marker."""
    head, found, tail = page.partition(f" {marker}")
    return f"{head} {attribute}{found}{tail}" if found else page
