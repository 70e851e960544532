"""Before the socket: whose page opens it, how many are open, and how much comes in over it.

What goes too far is closed with a code of RFC 6455 and a reason; the connections of others do not
notice. All counts are those of this process.
"""

import hashlib
import logging
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cme_reflex.logs import fields, opaque
from cme_reflex.services import signin
from cme_reflex.services.clock import clock
from cme_reflex.settings import settings
from cme_reflex.web.bounds import Bound, Connections, Rate
from cme_reflex.web.client_address import client_address
from cme_reflex.web.cookies import token_in
from cme_reflex.web.same_site import from_this_site

logger = logging.getLogger(__name__)

POLICY_VIOLATION, TOO_BIG = 1008, 1009  # close codes of RFC 6455

MESSAGE_LIMIT = 64 * 1024  # characters; the longest answer has 4,000
BURST = 5  # seconds' worth of events that may come at once: taps made while away

PER_SIGN_IN = Bound(open=20, per_second=1, at_once=60)  # tabs, and pages opened in a hurry
PER_ADDRESS = Bound(open=2_500, per_second=20, at_once=5_000)  # a congress centre has one address

# Engine.IO and Socket.IO as a page speaks them: it joins our namespace once, sends events,
# answers pings and leaves. Binary packets, acknowledgements and other namespaces are nobody's.
_JOIN, _EVENT, _LEAVE, _PONG, _CLOSE = "40/_event,", "42/_event,", "41/_event,", "3", "1"


class _TooFar(Exception):
    """What came in is more, or other, than a page sends."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def bounded(app: ASGIApp) -> ASGIApp:
    """The application behind the bounds of its socket."""
    connections = Connections()

    async def socket(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await app(scope, receive, send)
            return
        if not from_this_site(Headers(scope=scope)):
            # The socket carries the cookie, so another site's page may not open one.
            await WebSocketClose(code=POLICY_VIOLATION)(scope, receive, send)
            return
        token = token_in(Headers(scope=scope).get("cookie", ""))
        who, bound, known = await _whose(scope, token)
        if not connections.enter(who, bound):
            await _turn_away(scope, receive, send, known)
            return
        try:
            conversation = _Conversation(receive, send, known)
            await app(_tab_of(scope, token), conversation.receive, conversation.send)
        finally:
            connections.leave(who)

    return socket


class _Conversation:
    """What one connection says, up to where it goes too far."""

    def __init__(self, receive: Receive, send: Send, known: dict[str, object]) -> None:
        self._receive = receive
        self._send = send
        self._known = known
        self._rate = Rate(settings().events_per_second, BURST * settings().events_per_second)
        self._joined = False
        self._closed = False

    async def receive(self) -> Message:
        """The next message, or the end where it goes too far."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        try:
            self._check(message.get("text"))
        except _TooFar as far:
            logger.warning("a connection was closed", extra=fields(reason=str(far), **self._known))
            await self.send(_close(far.code, far.reason))
            return {"type": "websocket.disconnect", "code": far.code, "reason": far.reason}
        return message

    async def send(self, message: Message) -> None:
        """Pass a message on, unless the connection is closed already."""
        if not self._closed:
            self._closed = message["type"] == "websocket.close"
            await self._send(message)

    def _check(self, text: str | None) -> None:
        if text is None:
            raise _TooFar(POLICY_VIOLATION, "not a message of this site's pages")
        if len(text) > MESSAGE_LIMIT:
            raise _TooFar(TOO_BIG, f"a message has at most {MESSAGE_LIMIT} characters")
        if not self._rate.allows():
            raise _TooFar(POLICY_VIOLATION, "too many messages; try again in a few seconds")
        if text.startswith(_JOIN) and not self._joined:
            self._joined = True
        elif not (self._joined and text.startswith((_EVENT, _LEAVE))) and text not in (
            _PONG,
            _CLOSE,
        ):
            raise _TooFar(POLICY_VIOLATION, "not a message of this site's pages")


async def _whose(scope: Scope, token: str) -> tuple[str, Bound, dict[str, object]]:
    """Under which name a connection is counted, its bound, and what the log may say of it."""
    if token:
        try:
            visit = await signin.visit(settings().meeting, token, now=clock())
        except signin.NotSignedIn:
            pass
        else:
            known: dict[str, object] = {
                "meeting": visit.meeting.code,
                "attendee": opaque(visit.attendee.id),
            }
            return f"sign-in {_hash(token)}", PER_SIGN_IN, known
    return f"address {client_address(scope)}", PER_ADDRESS, {}


async def _turn_away(scope: Scope, receive: Receive, send: Send, known: dict[str, object]) -> None:
    """Open the connection and close it at once: a refused handshake could give no reason."""
    logger.warning("a connection too many", extra=fields(**known))
    await receive()
    offered = scope.get("subprotocols") or [None]
    await send({"type": "websocket.accept", "subprotocol": offered[0]})
    await send(_close(POLICY_VIOLATION, "too many connections; close other tabs of this site"))


def _tab_of(scope: Scope, token: str) -> Scope:
    """The connection with a name for its tab that only this sign-in can give.

    Reflex keeps a tab's state under a name that the browser makes up. Bound to the cookie, the
    state that another person left in a browser, or whose name became known, is out of reach.
    """
    query = parse_qs(scope["query_string"].decode("latin-1"))
    if "token" in query:
        query["token"] = [_hash(f"{token}\n{query['token'][0]}")]
    return {**scope, "query_string": urlencode(query, doseq=True).encode()}


def _hash(text: str) -> str:
    # What is hashed holds the cookie's 256 random bits, or nothing that is secret.
    return hashlib.sha256(text.encode()).hexdigest()


def _close(code: int, reason: str) -> Message:
    return {"type": "websocket.close", "code": code, "reason": reason}
