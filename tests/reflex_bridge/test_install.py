"""Without its validation in front the application does not start."""

from collections.abc import Callable
from typing import Any

import pytest
from reflex.app import EventNamespace

from cme_reflex.reflex_bridge import FrameworkChanged
from cme_reflex.reflex_bridge.socket_endpoint import install
from cme_reflex.web.events.event_validation import EventValidator

MakeApp = Callable[..., Any]
SENTENCE = r"The installed version of Reflex does not fit\. Relied on: Reflex encodes dataclasses"


@pytest.fixture
def app(make_app: MakeApp) -> Any:
    return make_app()


def test_it_replaces_the_namespace_of_reflex(app: Any) -> None:
    install(app, EventValidator({}))
    assert type(app.event_namespace).__name__ == "ValidatingNamespace"
    assert app.sio.namespace_handlers["/_event"] is app.event_namespace


def test_an_application_without_a_socket_does_not_start(app: Any) -> None:
    app.sio = None
    with pytest.raises(FrameworkChanged, match=SENTENCE):
        install(app, EventValidator({}))


def test_a_server_without_namespaces_does_not_start(app: Any) -> None:
    app.sio = object()
    with pytest.raises(FrameworkChanged, match=SENTENCE):
        install(app, EventValidator({}))


def test_a_server_that_ignores_the_namespace_does_not_start(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.sio, "register_namespace", lambda namespace: None)
    with pytest.raises(FrameworkChanged, match=SENTENCE):
        install(app, EventValidator({}))


def not_awaited(self: object, sid: str, data: object) -> None: ...


async def by_name(self: object, sid: str, name: str, data: object) -> None: ...


@pytest.mark.parametrize("changed", [not_awaited, by_name, None])
def test_an_application_with_other_event_handling_does_not_start(
    app: Any, monkeypatch: pytest.MonkeyPatch, changed: object
) -> None:
    monkeypatch.setattr(EventNamespace, "on_event", changed)
    with pytest.raises(FrameworkChanged, match=SENTENCE):
        install(app, EventValidator({}))
