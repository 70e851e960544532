"""The complete list of doors, from the framework, and who may come in at each."""

from pathlib import Path

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
from cme_reflex.web.events.event_validation import FRAMEWORK_EVENTS
from tests.support.access_events import served_routes
from tests.support.app_client import application, event_handlers

LIST = Path(__file__).with_name("access_policy.txt")


def audience_of_route(route: BaseRoute) -> str:
    if isinstance(route, Mount) and route.path == "":
        # The files of the build, and what lies behind the routes: the list has their pages.
        return ""
    if isinstance(route, Route) and (audience := audience_of(route.endpoint)):
        return audience
    return "nobody" if getattr(route, "path", None) in FRAMEWORK_PATHS else "undeclared"


def audience_of_handler(name: str) -> str:
    """Who may send its event; nobody, to one of Reflex's own that is not in the allow-list."""
    if name in FRAMEWORK_EVENTS:
        return FRAMEWORK_EVENTS[name].audience
    handler = event_handlers()[name].handler.fn
    ours = handler.__module__.startswith("cme_reflex.")
    return audience_of(handler) or ("undeclared" if ours else "nobody")


def every_door() -> list[str]:
    app, _ = application()
    pages = {f"/{route}".replace("//", "/") for route in app._unevaluated_pages} - {"/404"}
    pages = {"/" if page == "/index" else page for page in pages}
    told = {
        **{f"page {page}": audience_of_page(page) for page in pages},
        **{
            f"route {' '.join(sorted(getattr(route, 'methods', None) or []))} {route.path}": who
            for route in served_routes()
            if (who := audience_of_route(route))
        },
        **{
            f"event {name.rpartition('___')[2]}": audience_of_handler(name)
            for name in event_handlers()
        },
    }
    return [f"{door}: {audience}" for door, audience in sorted(told.items())]


def audience_of_page(page: str) -> str:
    if (page in PUBLIC) == (page in PROTECTED):
        return "undeclared"
    return Audience.ANYONE if page in PUBLIC else Audience.ATTENDEE


def test_every_handler_route_and_page_says_who_may_call_it() -> None:
    found = every_door()
    assert [door for door in found if door.endswith(": undeclared")] == []
    # A new door is a new line of this file, for everybody to see.
    assert found == LIST.read_text().splitlines()


def test_what_is_declared_for_the_framework_is_there() -> None:
    assert set(FRAMEWORK_EVENTS) <= set(event_handlers())


def test_nobody_sets_a_variable_from_outside() -> None:
    open_ones = [name for name in event_handlers() if audience_of_handler(name) != "nobody"]
    assert [name for name in open_ones if "setvar" in name or "update_vars" in name] == []


def test_a_route_without_an_audience_does_not_come_into_the_application() -> None:
    async def files(request: Request) -> PlainTextResponse:
        return PlainTextResponse("…")

    with pytest.raises(Undeclared, match="/files does not say who may call it"):
        checked_routes(Route("/files", files))
    assert checked_routes(Route("/files", allow(Audience.ANYONE)(files)))


def test_a_handler_says_what_it_takes() -> None:
    async def handler(self: object, session_id) -> None:  # type: ignore[no-untyped-def]
        pass

    with pytest.raises(Undeclared, match="session_id has no type"):
        payload_model(handler)
