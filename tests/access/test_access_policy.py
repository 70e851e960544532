"""Complete list of pages, routes and events, from the framework, with the audience of each."""

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route

from cme_reflex.reflex_bridge.endpoints import FRAMEWORK_PATHS
from cme_reflex.routes import PROTECTED, PUBLIC
from cme_reflex.web.access_policy import (
    Audience,
    Undeclared,
    allow,
    audience_of,
    checked_routes,
    payload_model,
)
from cme_reflex.web.events.event_allowlist import FRAMEWORK_EVENTS
from tests.support.access.events import served_routes
from tests.support.app_client import application, event_handlers

LIST = Path(__file__).with_name("access_policy.txt")


def audience_of_route(route: BaseRoute) -> str:
    if isinstance(route, Mount) and route.path == "":
        # The catch-all mount of built files: the list contains their pages instead.
        return ""
    if isinstance(route, Route) and (audience := audience_of(route.endpoint)):
        return audience
    return "nobody" if getattr(route, "path", None) in FRAMEWORK_PATHS else "undeclared"


def audience_of_handler(name: str) -> str:
    """The audience of its event; "nobody" for Reflex's own events outside the allow-list."""
    if name in FRAMEWORK_EVENTS:
        return FRAMEWORK_EVENTS[name].audience
    handler = event_handlers()[name].handler.fn
    ours = handler.__module__.startswith("cme_reflex.")
    return audience_of(handler) or ("undeclared" if ours else "nobody")


def route_name(route: Any) -> str:
    methods = " ".join(sorted(getattr(route, "methods", None) or []))
    return f"route {methods} {route.path}"


def access_list() -> list[str]:
    app, _ = application()
    pages = {f"/{route}".replace("//", "/") for route in app._unevaluated_pages} - {"/404"}
    pages = {"/" if page == "/index" else page for page in pages}
    audiences = {
        **{f"page {page}": audience_of_page(page) for page in pages},
        **{
            route_name(route): audience
            for route in served_routes()
            if (audience := audience_of_route(route))
        },
        **{
            f"event {name.rpartition('___')[2]}": audience_of_handler(name)
            for name in event_handlers()
        },
    }
    return [f"{line}: {audience}" for line, audience in sorted(audiences.items())]


def audience_of_page(page: str) -> str:
    if (page in PUBLIC) == (page in PROTECTED):
        return "undeclared"
    return Audience.ANYONE if page in PUBLIC else Audience.ATTENDEE


def test_every_handler_route_and_page_declares_its_audience() -> None:
    lines = access_list()
    assert [line for line in lines if line.endswith(": undeclared")] == []
    # A new entry must be added to this file, where a reviewer sees it.
    assert lines == LIST.read_text().splitlines()


def test_every_framework_event_in_the_allow_list_exists() -> None:
    assert set(FRAMEWORK_EVENTS) <= set(event_handlers())


def test_no_client_can_set_a_state_variable() -> None:
    accessible = [name for name in event_handlers() if audience_of_handler(name) != "nobody"]
    assert [name for name in accessible if "setvar" in name or "update_vars" in name] == []


def test_a_route_without_an_audience_raises() -> None:
    async def files(request: Request) -> PlainTextResponse:
        return PlainTextResponse("…")

    with pytest.raises(Undeclared, match="/files declares no audience"):
        checked_routes(Route("/files", files))
    assert checked_routes(Route("/files", allow(Audience.ANYONE)(files)))


def test_a_handlers_parameter_without_a_type_raises() -> None:
    async def handler(self: object, session_id) -> None:  # type: ignore[no-untyped-def]
        pass

    with pytest.raises(Undeclared, match="session_id has no type"):
        payload_model(handler)
