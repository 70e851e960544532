"""Pages rendered by the server, for people who are not signed in and browsers without scripts."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from cme_reflex import text
from cme_reflex.routes import in_meeting
from cme_reflex.services.meetings.meeting_view import MeetingView
from cme_reflex.text.site.error_pages import ErrorPage


def render_page(template: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """The rendered page as a response that is neither cached nor indexed."""
    return HTMLResponse(
        render(template, **values),
        status_code,
        headers={"cache-control": "no-store", "x-robots-tag": "noindex"},
    )


def render_error(
    page: ErrorPage, status_code: int, href: str, meeting: MeetingView | None
) -> HTMLResponse:
    """An error page with its link, and the meeting's name and help contact if one is known.

    `href` is a path in the meeting; an empty one leads to the same address.
    """
    target = in_meeting(meeting.code, href) if meeting and href else href
    return render_page("error.html", status_code, page=page, href=target, meeting=meeting)


def render(template: str, **values: Any) -> str:
    """The template with these values, escaped."""
    return _environment().get_template(template).render(values)


def macros(template: str, **values: Any) -> Any:
    """The macros of the template as methods, which render with these values, escaped."""
    return _environment().get_template(template).make_module(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cme_reflex.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["text"] = text
    return environment
