"""Contract tests of what the bridge relies on; `make canary` runs them on the newest Reflex."""

import inspect
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

import pytest

from tests.support.checks.contracts import BRIDGE, JAVASCRIPT, contract, sentence, template

TITLE = 'Möbius “Syndrome” & <Beyond>: 皮弁 \\ "quoted"\n\u2028 😀'

MakeApp = Callable[..., Any]


def test_every_module_names_what_it_relies_on_and_is_tested() -> None:
    modules = {path.stem for path in BRIDGE.glob("*.py")} - {"__init__"} | {JAVASCRIPT.name}
    assert [module for module in sorted(modules) if not sentence(module).endswith(".")] == []
    tested = set(re.findall(r'contract\("([\w.]+)"\)', Path(__file__).read_text("utf-8")))
    assert tested == modules


class FakeValidator:
    """Accepts every event named "good"."""

    def __init__(self) -> None:
        self.rejected: list[str] = []

    def validate(
        self, name: object, payload: object, router_data: object
    ) -> dict[str, object] | None:
        if name != "good":
            return None
        return {"name": name, "payload": payload, "router_data": router_data}

    def reject(self, reason: str) -> None:
        self.rejected.append(reason)


async def test_event_namespace(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    with contract("socket_endpoint"):
        from reflex.app import EventNamespace

        from cme_reflex.reflex_bridge.socket_endpoint import install
        from tests.support.app_client import RunningApp, SocketConnection

        received: list[object] = []

        async def on_event(self: object, sid: str, data: object) -> None:
            received.append(data)

        on_event.__signature__ = inspect.signature(EventNamespace.on_event)  # type: ignore[attr-defined]
        monkeypatch.setattr(EventNamespace, "on_event", on_event)
        app, validator = make_app(), FakeValidator()
        install(app, validator)
        event = {"name": "good", "payload": {"a": 1}, "router_data": {"asPath": "/"}}
        socket = SocketConnection(RunningApp(app, app._api), "", "tab", {})
        async with socket.open():
            await socket.wait_for_frame("0{")
            # The event that a page sends with its connection, and later ones.
            await socket.send_frame('40/_event,{"event":{"name":"good","payload":{"first":1}}}')
            await socket.wait_for_frame("40/_event,")
            await socket.send_frame('42/_event,["event",{"name":"good","payload":{"a":1},'
                             '"router_data":{"asPath":"/"}}]')  # fmt: skip
            await socket.send_frame('42/_event,["event",{"name":"bad","payload":{}}]')
            await socket.send_frame('42/_event,["event","good"]')
            await socket.send_frame('42/_event,["connect",{}]')
            await socket.send_frame('42/_event,["ping"]')
            assert await socket.wait_for_frame('42/_event,["ping","pong"]')
        first = {"name": "good", "payload": {"first": 1}, "router_data": {}}
        assert received == [first, event]
        assert validator.rejected == ["no such message"]


def test_registry() -> None:
    with contract("registry"):
        from cme_reflex.reflex_bridge.registry import event_handlers
        from cme_reflex.state.error_banner import ErrorBanner
        from cme_reflex.web.events.event_allowlist import FRAMEWORK_EVENTS

        handlers = event_handlers()
        assert set(FRAMEWORK_EVENTS) <= set(handlers)
        name = f"{ErrorBanner.get_full_name()}.dismiss"
        assert handlers[name].__qualname__ == "ErrorBanner.dismiss"


def example(kind: Any) -> Any:
    """A sample value of this type."""
    if get_origin(kind) in {list, tuple}:
        return [example(get_args(kind)[0])]
    if isinstance(kind, UnionType):
        return example(get_args(kind)[0])
    if is_dataclass(kind):
        return kind(**{field.name: example(field.type) for field in fields(kind)})
    return {str: TITLE, int: 7, bool: True}.get(kind, TITLE)


def test_socket_json() -> None:
    with contract("socket_endpoint"):
        from reflex.istate.data import HeaderData
        from reflex_base.utils.format import json_dumps

        from cme_reflex.reflex_bridge.socket_endpoint import dumps, loads
        from cme_reflex.state.views import view_models

        kinds = [
            view
            for view in vars(view_models).values()
            if isinstance(view, type)
            and is_dataclass(view)
            and view.__module__ == view_models.__name__
        ]
        assert kinds
        for kind in kinds:
            delta = {"page": {"shown": [example(kind)], 3: None}}
            update = ["event", {"delta": delta, "final": True}]
            assert dumps(update, separators=(",", ":")) == json_dumps(update, separators=(",", ":"))
        # Values that JSON cannot represent.
        odd = ["event", {"kinds": {"panel"}, "of": int}]
        assert dumps(odd) == json_dumps(odd, separators=(",", ":"))
        # A page is not told its cookie, which no script may read.
        headers = {"cookie": "secret", "authorization": "secret", "host": "example.org"}
        data = HeaderData.from_router_data({"headers": headers})
        assert dumps(data) == json_dumps(data, separators=(",", ":"))
        assert "secret" not in dumps(data)
        assert loads(dumps(["event", {"title": TITLE}])) == ["event", {"title": TITLE}]


OPTIONS = (
    "allow_upgrades", "async_handlers", "async_mode", "cors_allowed_origins", "cors_credentials",
    "max_http_buffer_size", "ping_interval", "ping_timeout", "transports",
)  # fmt: skip


def test_socket_server(make_app: MakeApp) -> None:
    with contract("socket_server"):
        from cme_reflex.reflex_bridge import socket_endpoint
        from cme_reflex.reflex_bridge.socket_server import socket_server

        reflexes = make_app().sio
        ours = socket_server()
        assert make_app(sio=ours).sio is ours
        for name in OPTIONS:
            assert getattr(ours.eio, name) == getattr(reflexes.eio, name), name
        assert ours.async_handlers == reflexes.async_handlers
        assert ours.packet_class.json.dumps is socket_endpoint.dumps


def test_socket_protocol(make_app: MakeApp) -> None:
    with contract("socket_protocol"):
        import engineio.packet as engine
        from socketio import packet

        from cme_reflex.reflex_bridge import socket_protocol

        namespace = make_app().event_namespace.namespace
        for kind, prefix in [
            (packet.CONNECT, socket_protocol.CONNECT),
            (packet.EVENT, socket_protocol.EVENT),
            (packet.DISCONNECT, socket_protocol.DISCONNECT),
        ]:
            data = ["event"] if kind == packet.EVENT else None
            encoded = packet.Packet(kind, data=data, namespace=namespace).encode()
            assert f"{engine.MESSAGE}{encoded}".startswith(prefix)
        assert (str(engine.PONG), str(engine.CLOSE)) == (
            socket_protocol.PONG, socket_protocol.CLOSE,
        )  # fmt: skip
        assert "io(endpoint.href" in template("utils/state.js")
        assert "query: { token }," in template("utils/state.js")
        query = socket_protocol.query_string("a tab")
        assert socket_protocol.tab_of_a_page(query) == "a tab"


def test_endpoints(make_app: MakeApp) -> None:
    with contract("endpoints"):
        from cme_reflex.reflex_bridge.endpoints import FRAMEWORK_PATHS

        assert {route.path for route in make_app()._api.routes} <= FRAMEWORK_PATHS


def test_form_data() -> None:
    with contract("form_data"):
        from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

        from cme_reflex.reflex_bridge.form_data import form_data_as_dict

        assert f'"{FORM_DATA_ENTRIES_KEY}"' in template("utils/state.js")
        pairs = {FORM_DATA_ENTRIES_KEY: [["name", "Kim"], ["agreed", True]]}
        assert form_data_as_dict(pairs) == {"name": "Kim", "agreed": True}
        assert form_data_as_dict({"name": "Kim"}) == {"name": "Kim"}


def test_frontend_build(tmp_path: Path) -> None:
    with contract("frontend_build"):
        from reflex.utils import build
        from reflex_base.constants import Endpoint

        from cme_reflex.reflex_bridge.frontend_build import SPA_FALLBACK, RelativeSocketUrlPlugin

        assert re.search(r"\benv\.EVENT\b", template("utils/state.js"))
        script = tmp_path / "state.js"
        script.write_text(f'const url="{Endpoint.EVENT.get_url()}";')
        RelativeSocketUrlPlugin().post_build(static_dir=tmp_path)
        assert script.read_text() == ('const url=location.origin.replace("http","ws")+"/_event";')
        steps = inspect.getsource(build.build)
        assert SPA_FALLBACK.endswith(".html")
        order = ["post_build(static_dir=static_dir)", "SPA_FALLBACK", "404.html", "_compress"]
        places = [steps.index(step) for step in order]
        assert places == sorted(places)


def test_application() -> None:
    with contract("application"):
        import reflex as rx

        from cme_reflex.reflex_bridge.application import Application

        assert issubclass(Application, rx.App)
        source = inspect.getsource(rx.App.__call__)
        assert "top_asgi_app = Starlette(" in source
        assert source.rstrip().endswith("return top_asgi_app")


def test_server() -> None:
    with contract("server"):
        from reflex.utils.exec import get_app_instance_from_file
        from reflex.utils.processes import get_num_workers
        from reflex_base.environment import environment
        from uvicorn.config import Config
        from uvicorn.protocols.http.h11_impl import H11Protocol
        from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

        from cme_reflex.reflex_bridge import server

        assert not inspect.signature(get_app_instance_from_file).parameters
        assert not inspect.signature(get_num_workers).parameters
        options = inspect.signature(Config).parameters
        assert {"ws_max_size", "h11_max_incomplete_event_size", "timeout_keep_alive"} <= set(
            options
        )
        for name in ("connection_made", "data_received", "handle_websocket_upgrade"):
            assert name in vars(H11Protocol)
        assert "self.cycle" in inspect.getsource(H11Protocol.__init__)
        assert "close_timeout" in inspect.getsource(WebSocketsSansIOProtocol.__init__)
        assert "self.frames" in inspect.getsource(
            WebSocketsSansIOProtocol.send_receive_event_to_app
        )
        for name in (
            "REFLEX_ENV_MODE",
            "REFLEX_SKIP_COMPILE",
            "REFLEX_FRONTEND_PORT",
            "REFLEX_MOUNT_FRONTEND_COMPILED_APP",
        ):
            assert getattr(environment, name).name.lstrip("_") == name
        with pytest.MonkeyPatch.context() as environ:
            environ.setenv("REFLEX_BACKEND_PORT", "3000")
            assert server.port() == 3000


def test_error_boundary() -> None:
    with contract("error_boundary"):
        import reflex as rx

        from cme_reflex.reflex_bridge.error_boundary import error_boundary

        rendered = str(error_boundary(rx.el.p("Broken")).render())
        assert "fallbackRender" in rendered
        assert "Broken" in rendered
        assert "handle_frontend_exception" in rendered


def test_detached_state() -> None:
    with contract("detached_state"):
        from cme_reflex.reflex_bridge.detached_state import detached
        from cme_reflex.state.error_banner import ErrorBanner

        banner = detached(ErrorBanner)
        banner.shown = True
        assert banner.get_delta()[ErrorBanner.get_full_name()] == {"shown_rx_state_": True}


def test_javascript() -> None:
    with contract("javascript"):
        from reflex_base.compiler import templates

        from cme_reflex.reflex_bridge.javascript import MODULE

        assert f"$/public/{JAVASCRIPT.name}" == MODULE
        config = inspect.getsource(templates)
        assert re.search(r"""find: "\$",\s+replacement: fileURLToPath\(new URL\("./", """, config)
        assert 'new URL("./public", ' in config


def test_reflex_bridge_js() -> None:
    with contract("reflex_bridge.js"):
        import reflex as rx
        from reflex_base.compiler import templates

        registry = template("utils/context-registry.js")
        for name in ("DispatchContext", "EventLoopContext", "eventLoop"):
            assert re.search(rf"export const {name}\b", registry), name
        context = inspect.getsource(templates)
        # Reflex puts its own there each time; components and pages call it through the object.
        assert "eventLoop.addEvents = addEventsLocal" in context
        assert "eventLoop.addEvents(events, args, event_actions)" in context
        assert "DispatchContext, {{ value: store.dispatchers }}" in context
        assert str(rx.State.is_hydrated).endswith(".is_hydrated_rx_state_")
