"""Mail transport by SMTP."""

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

RESPONSE_TIMEOUT = 20.0  # seconds for one response, so that a stalled server does not block long
SEND_TIMEOUT = 60.0  # seconds for a whole message; less than the sending worker's lease
QUIT_TIMEOUT = 2.0  # seconds; the sent message should be recorded soon
SERVICE_CLOSING = 421  # the server is shutting down, whatever the command was (RFC 5321, 3.8)
PERMANENT_ERROR = 500


class _Client(aiosmtplib.SMTP):
    """SMTP connection that records whether sending of the message data has started."""

    data_started = False

    async def data(self, *args: object, **options: object) -> aiosmtplib.SMTPResponse:
        self.data_started = True
        return await super().data(*args, **options)  # type: ignore[arg-type]


class SmtpTransport:
    """SMTP transport with one connection per message."""

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
        """Send the message; when this returns, the server has accepted it.

        Raises PermanentFailure for a fault of this message or its recipient,
        TemporaryFailure for an error that may pass, and TransportUnavailable for an
        error of all messages: no connection, no TLS, a rejected password or sender.
        """
        client = self._client()
        try:
            async with asyncio.timeout(self.send_timeout):
                await self._send(client, message)
        except TimeoutError:
            raise self._interrupted(client, "it took too long") from None
        else:
            # The message was accepted; errors of QUIT do not matter.
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
                "The server does not support addresses in other alphabets (SMTPUTF8)."
            ) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise self._failure_for(error.recipients[0]) from None
        except aiosmtplib.SMTPSenderRefused as error:
            raise TransportUnavailable(
                f"{self._name} refuses the sender: {_describe(error)}"
            ) from None
        except aiosmtplib.SMTPResponseException as error:
            raise self._failure_for(error) from None
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

    def _interrupted(self, client: _Client, reason: str) -> Exception:
        if client.data_started:
            return TemporaryFailure(
                f"{reason}, while the message was being sent: it may have arrived"
            )
        return TransportUnavailable(f"{self._name}: {reason}")


def _describe(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {' '.join(str(error.message).split())}"
    return " ".join(str(error).split()) or type(error).__name__
