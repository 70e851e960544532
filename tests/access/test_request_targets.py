"""Every request passes the whole stack: host check, headers and access log."""

import logging

import pytest

from cme_reflex.web.logs import record_fields
from tests.support.app_client import HOST, RunningApp

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # independent of the database

ODD_PATHS = ["*", "", "evil.example:443", "x", "/\r\nx: y", "/\n", "/a\nb", "/\0", "/\x7f", "/\x85"]
METHODS_OF_HTTP = ["GET", "POST", "OPTIONS", "CONNECT", "TRACE"]
METHODS = [*METHODS_OF_HTTP, "PROPFIND", "get", "X"]


async def ask(
    site: RunningApp, method: str, path: str, hosts: list[str]
) -> tuple[int, dict[str, str]]:
    """Status and headers of the response to a request that an HTTP library would not send."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("latin-1"),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", host.encode()) for host in hosts],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 3000),
    }
    status, headers = 0, {}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]  # type: ignore[assignment]
            headers = {k.decode(): v.decode() for k, v in message["headers"]}  # type: ignore[attr-defined]

    await site.asgi(scope, receive, send)  # type: ignore[arg-type]
    return status, headers


@pytest.mark.parametrize("method", METHODS)
async def test_a_target_that_is_no_path_is_not_found(
    site: RunningApp, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    caplog.set_level(logging.INFO)
    for path in ODD_PATHS:
        caplog.clear()
        status, headers = await ask(site, method, path, [HOST])
        assert status == 404, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        lines = [record_fields(each) for each in caplog.records if each.message == "request"]
        assert [(line["method"], line["path"], line["status"]) for line in lines] == [
            (method if method in METHODS_OF_HTTP else "other", "other", 404)
        ]


async def test_a_tunnel_is_not_found_whatever_its_target(site: RunningApp) -> None:
    """Of `CONNECT /` as well: a successful response to it would not be one of HTTP any more."""
    for path in ["/", "/claim", "/health", "/test24", "/verify"]:
        assert (await ask(site, "CONNECT", path, [HOST]))[0] == 404


@pytest.mark.parametrize(
    "hosts", [["evil.example"], [], [""], [HOST, "evil.example"], [HOST, HOST]]
)
async def test_every_target_is_for_this_host_alone(site: RunningApp, hosts: list[str]) -> None:
    for method in METHODS:
        for path in [*ODD_PATHS, "/", "/claim", "/x", "/_event"]:
            status, headers = await ask(site, method, path, hosts)
            assert (status, "location" in headers) == (421, False), (method, path)
            assert headers["x-content-type-options"] == "nosniff"
