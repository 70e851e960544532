"""Bodies are counted as they arrive, have to be complete in time, and may be aborted."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from cme_reflex.web.middleware import request_body
from cme_reflex.web.middleware.request_body import BODY_LIMIT, RequestBodyMiddleware

CHUNKED = [(b"transfer-encoding", b"chunked")]


class Client:
    """A client that sends these messages and then waits."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._messages = iter(messages)
        self.received: list[Message] = []
        self.sent = 0

    async def receive(self) -> Message:
        for message in self._messages:
            self.sent += 1
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        self.received.append(message)

    @property
    def answer(self) -> tuple[int, str]:
        """Status and body of the response."""
        start, body = self.received
        return start["status"], body["body"].decode()


async def ask(messages: Iterable[Message], headers: list[tuple[bytes, bytes]]) -> Client:
    """Send a request; the application responds with its body."""
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}

    async def echo(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await PlainTextResponse(body)(scope, receive, send)

    client = Client(messages)
    await RequestBodyMiddleware(echo)(scope, client.receive, client.send)
    return client


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_arrives_whole() -> None:
    client = await ask([part(b"a"), part(b"b" * (BODY_LIMIT - 1)), part(b"", more=False)], CHUNKED)
    assert client.answer == (200, "a" + "b" * (BODY_LIMIT - 1))


@pytest.mark.parametrize("headers", [CHUNKED, [(b"content-length", b"1")]])
async def test_no_more_is_read_than_the_limit(headers: list[tuple[bytes, bytes]]) -> None:
    client = await ask((part(b"x" * 1_024) for _ in range(1_000)), headers)
    assert client.answer[0] == 413
    assert client.sent == BODY_LIMIT // 1_024 + 1
    assert (b"connection", b"close") in client.received[0]["headers"]


async def test_a_body_that_is_never_complete_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BODY_TIMEOUT", 0)
    client = await ask([part(b"a")], [(b"content-length", b"2")])
    assert client.answer[0] == 408
    assert (b"connection", b"close") in client.received[0]["headers"]


async def test_an_aborted_request_does_not_reach_the_application() -> None:
    client = await ask([part(b"a"), {"type": "http.disconnect"}], [(b"content-length", b"2")])
    assert client.answer[0] == 400


async def test_a_request_without_a_body_is_passed_on_unread() -> None:
    client = await ask([part(b"", more=False)], [(b"content-length", b"0")])
    assert client.answer == (200, "")


async def test_a_body_with_two_lengths_is_refused_unread() -> None:
    headers = [*CHUNKED, (b"content-length", b"1")]
    client = await ask([part(b"a", more=False)], headers)
    assert client.answer[0] == 400
    assert client.sent == 0
    assert (b"connection", b"close") in client.received[0]["headers"]
