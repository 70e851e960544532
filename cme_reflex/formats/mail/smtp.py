"""Messages handed to a mail server."""

import asyncio
import ssl
from contextlib import suppress
from email.message import EmailMessage

import aiosmtplib

from cme_reflex.domain.mail.smtp_url import SmtpServer, TransportSecurity
from cme_reflex.formats.mail.transport import (
    PermanentFailure,
    TemporaryFailure,
    TransportUnavailable,
)

RESPONSE_TIMEOUT = 20.0  # seconds for one answer of the server; a stalled one stops nobody for long
SEND_TIMEOUT = 60.0  # seconds for a whole message; less than the lease of whoever sends it
QUIT_TIMEOUT = 2.0  # seconds; what is sent shall be noted soon
SERVICE_CLOSING = 421  # the server is going away, whatever was asked (RFC 5321, 3.8)
PERMANENT_ERROR = 500


class _Client(aiosmtplib.SMTP):
    """A connection that remembers whether the message itself was on its way."""

    data_started = False

    async def data(self, *args: object, **options: object) -> aiosmtplib.SMTPResponse:
        self.data_started = True
        return await super().data(*args, **options)  # type: ignore[arg-type]


class SmtpTransport:
    """Hands each message over in a connection of its own."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        response_timeout: float = RESPONSE_TIMEOUT,
        send_timeout: float = SEND_TIMEOUT,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self.server = server
        self.response_timeout = response_timeout
        self.send_timeout = send_timeout
        self.tls_context = tls_context

    async def send(self, message: EmailMessage) -> None:
        """Send it; when this returns, the server has taken it.

        Raises PermanentFailure for what is wrong with this message or its recipient,
        TemporaryFailure for what may pass, and TransportUnavailable for what concerns
        every message: no connection, no TLS, a refused password or sender.
        """
        client = self._client()
        try:
            async with asyncio.timeout(self.send_timeout):
                await self._send(client, message)
        except TimeoutError:
            raise self._interrupted(client, "it took too long") from None
        else:
            # It was taken; a server that does not say good-bye changes nothing.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=QUIT_TIMEOUT)
        finally:
            client.close()

    async def _send(self, client: _Client, message: EmailMessage) -> None:
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TransportUnavailable(f"{self._name}: {_describe(error)}") from error
        try:
            await client.send_message(
                message,
                sender=message["From"].addresses[0].addr_spec,
                recipients=[message["To"].addresses[0].addr_spec],
            )
        except aiosmtplib.SMTPNotSupported:
            raise PermanentFailure(
                "The server takes no address in another alphabet (SMTPUTF8)."
            ) from None
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise self._failure_for(refused.recipients[0]) from None
        except aiosmtplib.SMTPSenderRefused as refused:
            raise TransportUnavailable(
                f"{self._name} refuses the sender: {_describe(refused)}"
            ) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise self._failure_for(refused) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._interrupted(client, _describe(error)) from error

    def _client(self) -> _Client:
        server = self.server
        return _Client(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.security is TransportSecurity.TLS,
            start_tls=server.security is TransportSecurity.STARTTLS,
            timeout=self.response_timeout,
            tls_context=self.tls_context,
        )

    @property
    def _name(self) -> str:
        return f"{self.server.host}:{self.server.port}"

    def _failure_for(self, error: aiosmtplib.SMTPResponseException) -> Exception:
        if error.code == SERVICE_CLOSING:
            return TransportUnavailable(f"{self._name}: {_describe(error)}")
        return (PermanentFailure if error.code >= PERMANENT_ERROR else TemporaryFailure)(
            _describe(error)
        )

    def _interrupted(self, client: _Client, why: str) -> Exception:
        if client.data_started:
            return TemporaryFailure(f"{why}, while the message was on its way: it may have arrived")
        return TransportUnavailable(f"{self._name}: {why}")


def _describe(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {' '.join(str(error.message).split())}"
    return " ".join(str(error).split()) or type(error).__name__
