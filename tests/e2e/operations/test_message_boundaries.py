"""The boundaries of HTTP/1.1 messages on the real server: no request is hidden in another's body.

A server behind a proxy that sees other boundaries would answer the hidden request (RFC 9112,
sections 6.1 and 11.2).
"""

import socket

import pytest

from tests.support.e2e.cme_server import CmeServer

TIMEOUT = 20.0  # seconds for an answer

FORM = "way=badge&last_name=Nobody&number=0"
HIDDEN = "GET /verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
HIDDEN_STATUS = "200"  # no other answer has it
LAST = HIDDEN.replace("verify", "nowhere")


def post(*headers: str, body: str) -> str:
    head = ["POST /sign-in HTTP/1.1", "Host: localhost", *headers]
    return "\r\n".join([*head, "Content-Type: application/x-www-form-urlencoded", "", body])


def chunk(content: str, size: str = "") -> str:
    return f"{size or format(len(content), 'x')}\r\n{content}\r\n"


def statuses(server: CmeServer, request: str) -> list[str]:
    """Send the bytes on one connection, and return the statuses of all answers until it closes."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as connection:
        connection.sendall(request.encode("latin-1"))
        while received := connection.recv(65_536):
            answer += received
    return [part[:3].decode() for part in answer.split(b"HTTP/1.1 ")[1:]]


def test_a_second_request_on_a_connection_is_answered(server: CmeServer) -> None:
    """Otherwise the other tests would show nothing."""
    form = post(f"Content-Length: {len(FORM)}", body=FORM)
    assert statuses(server, form + HIDDEN) == ["303", HIDDEN_STATUS]


@pytest.mark.parametrize(
    "headers",
    [
        [f"Content-Length: {len(FORM)}", f"Content-Length: {len(FORM + HIDDEN)}"],
        [f"Content-Length: {len(FORM + HIDDEN)}", f"Content-Length: {len(FORM)}"],
        [f"Content-Length: {len(FORM)}, {len(FORM + HIDDEN)}"],
        [f"Content-Length: +{len(FORM)}"],
        [f"Content-Length: {len(FORM):#x}"],
        ["Content-Length: -1"],
        [f"Content-Length : {len(FORM)}"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding : chunked"],
    ],
    ids=", ".join,
)
def test_a_request_without_clear_boundaries_is_rejected(
    server: CmeServer, headers: list[str]
) -> None:
    assert statuses(server, post(*headers, body=FORM + HIDDEN)) == ["400"]


def test_a_chunked_body_has_the_boundaries_of_its_chunks_whatever_its_length_says(
    server: CmeServer,
) -> None:
    size = format(len(HIDDEN), "x")
    headers = [f"Content-Length: {len(size) + 2}", "Transfer-Encoding: chunked"]
    request = post(*headers, body=chunk(HIDDEN) + "0\r\n\r\n")
    assert HIDDEN_STATUS not in statuses(server, request + LAST)


@pytest.mark.parametrize("size", ["-1", "0x23", "g", "f" * 17, " "])
def test_a_chunk_without_a_valid_size_ends_the_connection(server: CmeServer, size: str) -> None:
    body = chunk(FORM, size) + "0\r\n\r\n"
    request = post("Transfer-Encoding: chunked", body=body) + HIDDEN
    assert HIDDEN_STATUS not in statuses(server, request)
