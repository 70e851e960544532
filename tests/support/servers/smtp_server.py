"""A local SMTP server that accepts, rejects, stalls or disconnects, as a test selects."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

STALL = 3600  # seconds; whoever waits for it has lost patience long before
USER, PASSWORD = "cme", "p@ss:word/ü"


@dataclass
class ReceivedMessage:
    """A received message with its envelope."""

    sender: str
    recipient: str
    utf8: bool
    message: EmailMessage

    @property
    def text(self) -> str:
        """The plain text part."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def html(self) -> str:
        """The HTML part."""
        body = self.message.get_body(("html",))
        assert body is not None
        return str(body.get_content())

    def link(self) -> str:
        """The link on a line of its own."""
        (line,) = [x for x in self.text.splitlines() if x.startswith("http")]
        return line


@dataclass
class LocalSmtpServer:
    """The server's received messages and its behavior by SMTP command.

    `behavior` maps RCPT, DATA or MAIL to a reply such as ``550 no``, or to ``stall``, ``close``,
    or ``take and close``: the message is received, but not acknowledged.
    """

    port: int = 0
    received: list[ReceivedMessage] = field(default_factory=list)
    behavior: dict[str, str] = field(default_factory=dict)
    connections: int = 0

    @property
    def url(self) -> str:
        """The value of CME_SMTP_URL for this server."""
        return f"smtp+plain://127.0.0.1:{self.port}"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if reply := await self._misbehave("MAIL", server):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if reply := await self._misbehave("RCPT", server):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.behavior.get("DATA") == "take and close":
            self._take(envelope)
            server.transport.abort()
            await asyncio.sleep(STALL)
        if reply := await self._misbehave("DATA", server):
            return reply
        self._take(envelope)
        return "250 taken"

    def _take(self, envelope: Any) -> None:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        (recipient,) = envelope.rcpt_tos
        self.received.append(
            ReceivedMessage(envelope.mail_from, recipient, envelope.smtp_utf8, message)
        )

    async def _misbehave(self, command: str, server: Any) -> str | None:
        match self.behavior.get(command):
            case "stall":
                await asyncio.sleep(STALL)
            case "close":
                server.transport.abort()
                await asyncio.sleep(STALL)
            case reply:
                return reply
        return None


@contextmanager
def run_smtp_server(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    utf8: bool = True,
    login: bool = False,
) -> Iterator[LocalSmtpServer]:
    """A server in its own thread, on a free port."""
    behaviour = LocalSmtpServer()
    loop = asyncio.new_event_loop()

    def authenticate(
        server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=known, handled=False)

    def connected() -> SMTP:
        behaviour.connections += 1
        return SMTP(
            behaviour,
            hostname="mail.test",
            enable_SMTPUTF8=utf8,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=login,
            auth_require_tls=starttls is not None,
            authenticator=authenticate if login else None,
            loop=loop,
        )

    async def listen() -> asyncio.Server:
        listening = await loop.create_server(connected, "127.0.0.1", 0, ssl=tls)
        behaviour.port = listening.sockets[0].getsockname()[1]
        return listening

    # In a thread, because a test may run in its own event loop.
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield behaviour
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _stop(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # closed transports let go of their sockets
