"""Strangers' bytes at a running server: every connection ends, and no error is logged."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from cme_reflex.reflex_bridge.socket_protocol import MESSAGE_LIMIT
from cme_reflex.routes import (
    CHOOSE_REGISTRATION,
    SEND_LINK,
    SET_PASSWORD,
    SIGN_IN,
    SIGN_OUT,
    USE_LINK,
)
from tests.support.access.events import own_routes
from tests.support.e2e.cme_server import CmeServer, run_server
from tests.support.e2e.sockets.raw_socket import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    frame,
)

FORM = b"Content-Type: application/x-www-form-urlencoded"
CLOSE = b"Connection: close"
JOIN = b"40/_event,"
HANDSHAKE = (
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
)
FORMS = [SIGN_IN, CHOOSE_REGISTRATION, SIGN_OUT, SEND_LINK, USE_LINK, SET_PASSWORD]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("strangers")


@pytest.fixture(scope="module")
def server(built: None, demo_database: Path, folder: Path) -> Iterator[CmeServer]:
    """A server of its own, whose log is read."""
    (folder / "cme.db").write_bytes(demo_database.read_bytes())
    with run_server(f"sqlite:///{folder / 'cme.db'}", folder / "server.log") as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_fails(server: CmeServer, folder: Path) -> Iterator[None]:
    """No line of the log is an error or has a traceback, and the server responds afterwards."""
    yield
    with RawSocket(server.port) as socket:
        socket.request(b"GET /health HTTP/1.1", CLOSE)
        assert b'{"database":true}' in socket.until_closed()
    lines = (folder / "server.log").read_text().splitlines()
    assert [line for line in lines if json.loads(line)["level"] not in ("info", "warning")] == []


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "line",
    [
        b"OPTIONS * HTTP/1.1",
        b"CONNECT evil.example:443 HTTP/1.1",
        b"CONNECT /x HTTP/1.1",
        b"GET http://evil.example/claim HTTP/1.1",
        b"GET /%0d%0aSet-Cookie:x HTTP/1.1",
        b"GET /%00 HTTP/1.1",
        b"GET /x%2fy HTTP/1.1",
        b"GET /../../%2e%2e/etc/passwd HTTP/1.1",
        b"GET /%ff%fe HTTP/1.1",
        b"GET //evil.example/%2e%2e HTTP/1.1",
        b"GET x HTTP/1.1",
        b"PROPFIND / HTTP/1.1",
        b"GET /" + b"x" * 8_000 + b" HTTP/1.1",
    ],
)
def test_every_request_passes_the_whole_stack(server: CmeServer, line: bytes) -> None:
    for host, expected in (("", {303, 307, 404, 405}), ("evil.example", {421})):
        with RawSocket(server.port) as socket:
            socket.request(line, CLOSE, host=host)
            response = socket.until_closed()
        assert status(response) in expected
        assert b"\r\nx-content-type-options: nosniff\r\n" in response
        assert b"location: //" not in response
        assert b"location: http://evil" not in response
        assert b"\r\nSet-Cookie:x" not in response


def test_half_sent_requests_are_closed(server: CmeServer) -> None:
    """All wait at once: each is given up after ten seconds."""
    with ExitStack() as stack:
        silent = stack.enter_context(RawSocket(server.port))
        headers = stack.enter_context(RawSocket(server.port))
        headers.send(b"GET /privacy HTTP/1.1\r\nX")
        bodies = [stack.enter_context(RawSocket(server.port)) for _ in FORMS]
        chunked = [stack.enter_context(RawSocket(server.port)) for _ in FORMS]
        for path, body, chunk in zip(FORMS, bodies, chunked, strict=True):
            line = f"POST {path} HTTP/1.1".encode()
            body.request(line, FORM, b"Content-Length: 30", body=b"a=b")
            chunk.request(line, FORM, b"Transfer-Encoding: chunked", body=b"5\r\na=b")
        unjoined = stack.enter_context(RawSocket(server.port))
        unjoined.open_websocket()
        unfinished = stack.enter_context(RawSocket(server.port))
        unfinished.open_websocket()
        unfinished.send_frame(JOIN, length=MESSAGE_LIMIT)
        assert (silent.until_closed(), headers.until_closed()) == (b"", b"")
        assert {status(each.until_closed()) for each in [*bodies, *chunked]} == {408}
        assert b"no page joined in time" in unjoined.until_closed()
        assert b"no page joined in time" in unfinished.until_closed()


def test_a_message_that_is_too_long_is_refused_before_it_is_read(server: CmeServer) -> None:
    """Fifty connections with sixty megabytes each, in a frame, in fragments and after joining."""
    before = resident_memory(server)
    with ExitStack() as stack:
        sockets = [stack.enter_context(RawSocket(server.port)) for _ in range(50)]
        for index, socket in enumerate(sockets):
            socket.open_websocket()
            if index % 2:
                socket.send_frame(JOIN)
            part = b"x" * (MESSAGE_LIMIT - 100)
            if index % 3:
                socket.send_frame(part, length=60 * 2**20)
            else:
                socket.send_frame(part, final=False)
                socket.send_frame(part, CONTINUATION, final=False)
            socket.send(bytes(60 * 2**20))
        assert resident_memory(server) - before < 20 * 2**20
        for socket in sockets:
            assert b"exceeds limit of 65536 bytes" in socket.until_closed()


def resident_memory(server: CmeServer) -> int:
    """Bytes of memory that the server's process has."""
    return int(psutil.Process(server.group).memory_info().rss)


def test_bodies_that_are_too_long_are_refused_as_they_come(server: CmeServer) -> None:
    for path in FORMS:
        line = f"POST {path} HTTP/1.1".encode()
        for size in (b"1000000000", b"8193"):
            with RawSocket(server.port) as socket:
                socket.request(line, FORM, b"Content-Length: " + size, body=b"x" * 8_193)
                assert status(socket.until_closed()) == 413
        with RawSocket(server.port) as socket:
            chunks = b"1000\r\n" + b"x" * 4_096 + b"\r\n"
            socket.request(line, FORM, b"Transfer-Encoding: chunked", body=3 * chunks)
            assert status(socket.until_closed()) == 413


def test_aborted_requests_leave_no_trace(server: CmeServer) -> None:
    for path in FORMS:
        for sent in (b"", b"a=b", b"a=b" * 10):
            with RawSocket(server.port) as socket:
                line = f"POST {path} HTTP/1.1".encode()
                socket.request(line, FORM, b"Content-Length: 30", body=sent)
                socket.abort()
    for path in ("/privacy", "/claim", "/verify/x"):
        with RawSocket(server.port) as socket:
            socket.request(f"GET {path} HTTP/1.1".encode())
            socket.abort()


@pytest.mark.parametrize(
    "headers",
    [
        [b"Origin: http://["],
        [b"Origin: \xff"],
        [b"Cookie: " + b'c="\\042\\'],
        [b"Cookie: " + b"; ".join(b'c%d="\\\\\\042"' % index for index in range(3_000))],
        [b"Cookie: cme_sign_in=\xff\x80", b"Cookie: cme_sign_in"],
        [b"X-%d: y" % index for index in range(90)],
        [b"X-%d: y" % index for index in range(2_000)],
        [b"X: " + b"y" * 500_000],
        [b"X-Forwarded-For: [", b'Forwarded: for="[', b"X-Forwarded-Proto: \xff"],
        [b"Range: bytes=" + b"0-," * 2_000, b"If-Modified-Since: x", b"If-None-Match: \xff"],
        [b"Accept-Encoding: \xff;q=x", b"Accept-Language: \xff", b"Sec-Fetch-Site: \xff"],
        [b"Authorization: Bearer \xff", b"Authorization: Basic x"],
        [b"Host: 127.0.0.1"],
        [b"Expect: 100-continue", b"Content-Length: 3"],
        [b"Content-Length: 3", b"Content-Length: 4"],
        [b"Content-Length: -1"],
        [b"Transfer-Encoding: gzip, chunked"],
        [b"Upgrade: h2c", b"Connection: Upgrade, HTTP2-Settings", b"HTTP2-Settings: x"],
        [b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: \xff"],
        [*HANDSHAKE, *(b"X-%d: y" % index for index in range(200))],
        [*HANDSHAKE, b"Cookie: c=" + b"y" * 20_000],
        [*HANDSHAKE, b"X: \x80\xff", b"Content-Length: 3"],
    ],
)
def test_odd_headers_are_no_failure_on_any_route(server: CmeServer, headers: list[bytes]) -> None:
    paths = sorted(
        {each.path.partition("{")[0] for each in own_routes()} | {"/", "/claim", "/_event/"}
    )
    for path in paths:
        for method in ("GET", "POST"):
            with RawSocket(server.port) as socket:
                line = f"{method} {path} HTTP/1.1".encode()
                socket.request(line, *headers, CLOSE, body=b"a=b")
                response = socket.until_closed()
            assert response == b"" or 100 <= status(response) < 500, (method, path)


def test_what_is_not_http_is_closed(server: CmeServer) -> None:
    for data in (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(100),
        b"\x16\x03\x01" + bytes(500),
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 500 + b"\0" * 500,
    ):
        with RawSocket(server.port) as socket:
            socket.send(data)
            response = socket.until_closed()
            assert response == b"" or status(response) in (400, 421)


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b'42/_event,["event",' + b"[" * 25_000 + b"]" * 25_000 + b"]", 1),
        (b'42/_event,["event",' + b"9" * 5_000 + b"]", 1),
        (b"42/_event," + b"9" * 5_000 + b'["event",{}]', 1),
        (b'42/_event,["\xff"]', 1),
        (b"42/_event,[]", 1),
        (b'451-/_event,["x",{"_placeholder":true,"num":0}]', 1),
        (b"4", 1),
        (b"", 1),
        (b"\0" * 1_000, 1),
        (b"x" * (MESSAGE_LIMIT + 1), 1),
        (b"x", BINARY),
        (b"x", CONTINUATION),
        (b"x", 3),
        (b"x", 8),
        (b"x" * 200, 9),
        (b"x", 11),
    ],
)
def test_a_malformed_frame_closes_its_connection(
    server: CmeServer, payload: bytes, kind: int
) -> None:
    with RawSocket(server.port) as socket:
        socket.open_websocket()
        socket.send_frame(JOIN)
        socket.send_frame(payload, kind)
        socket.until_closed()


@pytest.mark.parametrize("joins", [True, False])
@pytest.mark.parametrize(
    "frames",
    [
        frame(b"", PING),
        frame(b"x" * 125, PING),
        frame(b"", PONG),
        frame(b"", CONTINUATION, final=False),
    ],
    ids=["pings", "long pings", "pongs", "fragments"],
)
def test_a_flood_of_frames_that_are_no_messages_closes_its_connection_alone(
    server: CmeServer, frames: bytes, joins: bool
) -> None:
    with RawSocket(server.port) as flood, RawSocket(server.port) as other:
        other.open_websocket()
        other.send_frame(JOIN)
        flood.open_websocket()
        if joins:
            flood.send_frame(JOIN)
        flood.send_frame(b"", TEXT, final=False)
        flood.send(frames * 100_000)
        assert b"too many messages" in flood.until_closed()
        other.send_frame(b"", PING)
        assert bytes([0x80 | PONG, 0]) in other.until(bytes([0x80 | PONG, 0]))


def test_a_handshake_of_another_site_is_refused(server: CmeServer) -> None:
    for origin in (b"http://[", b"null", b"https://evil.example", b"\xff"):
        with RawSocket(server.port) as socket:
            assert status(socket.open_websocket(b"Origin: " + origin)) == 403
