"""Limits of the socket: same site only, connections and messages per sign-in and address, rate.

A connection that exceeds a limit is closed with a close code of RFC 6455 and a reason, without
effect on others. All counts are per process.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from aiolimiter import AsyncLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cme_reflex.reflex_bridge import socket_endpoint, socket_protocol
from cme_reflex.reflex_bridge.socket_protocol import FRAME, MESSAGE_LIMIT
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.settings import settings
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web.client_address import client_address
from cme_reflex.web.cookies import of_meeting, token_in
from cme_reflex.web.csrf import is_same_site
from cme_reflex.web.logs import log_extra, pseudonym
from cme_reflex.web.middleware.connection_limiter import ConnectionLimit, ConnectionLimiter
from cme_reflex.web.middleware.shared_rate import SharedRate, SharedRateLimiter, modest_rate
from cme_reflex.web.middleware.socket_sign_in import bind_tab_to_sign_in, with_sign_in

logger = logging.getLogger(__name__)

POLICY_VIOLATION, MESSAGE_TOO_BIG = 1008, 1009  # close codes of RFC 6455

JOIN_TIMEOUT = 10  # seconds from the connection to joining, which a page does at once
JOIN_GRACE = 0.1  # seconds in which a message is read that came while the server itself was busy
BURST = 5  # seconds' worth of events that may come at once: taps made offline

PER_SIGN_IN = ConnectionLimit(concurrent=20, per_second=1, burst=60)  # tabs, opened in a hurry
# A convention center has one address.
PER_ADDRESS = ConnectionLimit(concurrent=2_500, per_second=20, burst=5_000)
# Of these, without a sign-in: Reflex keeps the state of a closed tab for an hour. Each of 2,000
# attendees opens the sign-in page once or twice.
STRANGERS_PER_ADDRESS = ConnectionLimit(concurrent=1_000, per_second=1, burst=2_000)

# Messages, and frames that are none, of all tabs with one registration and strength of sign-in, and
# of all tabs with one address: two thousand tabs with a tap in five seconds send 600 a second.
REGISTRATION_FACTOR = 2  # times CME_EVENTS_PER_SECOND, the limit of one connection
ADDRESS_FACTOR = 20


TOO_MANY_MESSAGES = "too many messages; try again in a few seconds"


class PolicyViolation(Exception):
    """A message that no page of this site sends, or one too many. `code` is the close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Client:
    """Who a connection is counted as: limits of connections and of messages by key; log fields."""

    connections: Mapping[str, ConnectionLimit]
    messages: Mapping[str, SharedRate]
    log_fields: Mapping[str, object]


class SocketLimitsMiddleware:
    """Applies the limits to every WebSocket connection."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._limiter = ConnectionLimiter()
        self._messages = SharedRateLimiter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a WebSocket connection within its limits."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        if not is_same_site(Headers(scope=scope)):
            # Browsers send the cookie with the handshake, so pages of other sites must be rejected.
            await WebSocketClose(code=POLICY_VIOLATION)(scope, receive, send)
            return
        tab = socket_protocol.tab_of_a_page(scope["query_string"])
        if tab is None:
            await WebSocketClose(code=POLICY_VIOLATION)(scope, receive, send)
            return
        meeting = socket_protocol.meeting_of_tab(tab) or settings().meeting
        token = token_in(of_meeting(Headers(scope=scope).get("cookie", ""), meeting))
        hashed = token_hash(token) if token else ""
        client = await _client_of(scope, meeting, hashed)
        acquired: list[str] = []
        try:
            for key, limit in client.connections.items():
                if not await self._limiter.acquire(key, limit):
                    await _reject(scope, receive, send, client.log_fields)
                    return
                acquired.append(key)
            socket = LimitedSocket(receive, send, client, self._messages)
            scope = with_sign_in(bind_tab_to_sign_in(scope, tab, token), meeting, hashed)
            await self._app(scope, socket.receive, socket.send)
        finally:
            for key in acquired:
                self._limiter.release(key)


class LimitedSocket:
    """A WebSocket connection that is closed at the first policy violation."""

    def __init__(
        self, receive: Receive, send: Send, client: Client, messages: SharedRateLimiter
    ) -> None:
        self._receive = receive
        self._send = send
        self._client = client
        self._shared = [messages.limiter(*each) for each in client.messages.items()]
        self._modest = modest_rate()
        self._rate = AsyncLimiter(BURST * settings().events_per_second, BURST)
        self._joined = False
        self._join_by = asyncio.get_running_loop().time() + JOIN_TIMEOUT
        self._closed = False

    async def receive(self) -> Message:
        """The next message; a disconnect if it violates the policy.

        Frames that complete no message, such as pings, are counted like messages.
        """
        try:
            while (message := await self._next())["type"] == FRAME["type"]:
                await self._count()
            if message["type"] == "websocket.receive":
                await self._count()
                self._check(message.get("text"))
        except PolicyViolation as violation:
            logger.warning(
                "socket closed",
                extra=log_extra(reason=violation.reason, **self._client.log_fields),
            )
            await self.send(_close(violation.code, violation.reason))
            return {
                "type": "websocket.disconnect",
                "code": violation.code,
                "reason": violation.reason,
            }
        return message

    async def send(self, message: Message) -> None:
        """Send a message, unless the connection is closed already."""
        if not self._closed:
            self._closed = message["type"] == "websocket.close"
            await self._send(message)

    async def _next(self) -> Message:
        """The next message. Raises PolicyViolation if the page does not join in time."""
        if self._joined:
            return await self._receive()
        receiving = asyncio.ensure_future(self._receive())
        try:
            remaining = self._join_by - asyncio.get_running_loop().time()
            for timeout in (remaining, JOIN_GRACE):
                if not receiving.done():
                    await asyncio.wait({receiving}, timeout=max(0, timeout))
            if receiving.done():
                return receiving.result()
        finally:
            receiving.cancel()
        raise PolicyViolation(POLICY_VIOLATION, "no page joined in time")

    def _check(self, text: str | None) -> None:
        """Raise PolicyViolation unless a page of this site could send this message."""
        if text is None:
            raise PolicyViolation(POLICY_VIOLATION, "not a message of this site's pages")
        if len(text.encode("utf-8", "surrogatepass")) > MESSAGE_LIMIT:
            reason = f"a message has at most {MESSAGE_LIMIT} bytes"
            raise PolicyViolation(MESSAGE_TOO_BIG, reason)
        if not socket_endpoint.is_message_of_a_page(text, joined=self._joined):
            raise PolicyViolation(POLICY_VIOLATION, "not a message of this site's pages")
        self._joined = self._joined or text.startswith(socket_protocol.CONNECT)

    async def _count(self) -> None:
        """Count a message. Raises PolicyViolation for too many.

        Of those that share a rate, for more than a person sends, beside too much from the others.
        """
        if not self._rate.has_capacity():
            raise PolicyViolation(POLICY_VIOLATION, TOO_MANY_MESSAGES)
        await self._rate.acquire()  # at once, because it has capacity
        is_modest = self._modest.has_capacity()
        for limiter in (self._modest, *self._shared):
            if limiter.has_capacity():
                await limiter.acquire()  # at once, because it has capacity
            elif not is_modest and limiter is not self._modest:
                raise PolicyViolation(POLICY_VIOLATION, TOO_MANY_MESSAGES)


async def _client_of(scope: Scope, meeting: str, hashed: str) -> Client:
    """Under which keys a connection and its messages are counted."""
    address = f"address {client_address(scope)}"
    connections = {address: PER_ADDRESS}
    messages = {address: _shared_rate(ADDRESS_FACTOR)}
    if hashed:
        try:
            context = await authentication.authenticate_hash(meeting, hashed, now=clock())
        except authentication.NotSignedIn:
            pass
        except Exception as error:
            # While the database is away pages still connect, and say that it is.
            if not is_transient(error):
                raise
        else:
            # By strength, so that whoever knows a badge does not stop its owner.
            strength = "strong" if context.method.is_strong else "weak"
            registration = f"registration {context.attendee.id} {strength}"
            return Client(
                connections={f"sign-in {hashed}": PER_SIGN_IN, **connections},
                messages={registration: _shared_rate(REGISTRATION_FACTOR), **messages},
                log_fields={
                    "meeting": context.meeting.code,
                    "attendee": pseudonym(context.attendee.id),
                },
            )
    return Client(
        connections={f"strangers at {address}": STRANGERS_PER_ADDRESS, **connections},
        messages=messages,
        log_fields={},
    )


def _shared_rate(factor: float) -> SharedRate:
    per_second = factor * settings().events_per_second
    return SharedRate(per_second, BURST * per_second)


async def _reject(
    scope: Scope, receive: Receive, send: Send, log_fields: Mapping[str, object]
) -> None:
    """Accept the connection and close it at once: a rejected handshake cannot carry a reason."""
    logger.warning("connection limit exceeded", extra=log_extra(**log_fields))
    await receive()
    offered = scope.get("subprotocols") or [None]
    await send({"type": "websocket.accept", "subprotocol": offered[0]})
    await send(_close(POLICY_VIOLATION, "too many connections; close other tabs of this site"))


def _close(code: int, reason: str) -> Message:
    return {"type": "websocket.close", "code": code, "reason": reason}
