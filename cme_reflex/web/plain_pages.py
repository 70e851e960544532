"""Pages that the server writes whole, for people without a sign-in and browsers without scripts."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from cme_reflex import words


def plain_page(template: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """The page of this template, filled in and escaped; no search engine keeps it."""
    return HTMLResponse(
        plain_text(template, **values),
        status_code,
        headers={"cache-control": "no-store", "x-robots-tag": "noindex"},
    )


def plain_text(template: str, **values: Any) -> str:
    """The same as text, for a file."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("cme_reflex.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["words"] = words
    return environment
