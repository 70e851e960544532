"""Messages handed to a mail server."""

import asyncio
import ssl
from contextlib import suppress
from email.message import EmailMessage

import aiosmtplib

from cme_reflex.exchange.carrier import Deferred, Refused, Unavailable
from cme_reflex.mail_server import MailServer, Security

ANSWERS_WITHIN = 20.0  # seconds for one answer of the server; a stalled one stops nobody for long
SENT_WITHIN = 60.0  # seconds for a whole message; less than the lease of whoever sends it
GOODBYE_WITHIN = 2.0  # seconds; what is sent shall be noted soon
CLOSING = 421  # the server is going away, whatever was asked (RFC 5321, 3.8)
PERMANENT = 500


class _Client(aiosmtplib.SMTP):
    """A connection that remembers whether the message itself was on its way."""

    on_its_way = False

    async def data(self, *args: object, **options: object) -> aiosmtplib.SMTPResponse:
        self.on_its_way = True
        return await super().data(*args, **options)  # type: ignore[arg-type]


class SmtpCarrier:
    """Hands each message over in a connection of its own."""

    def __init__(
        self,
        server: MailServer,
        *,
        answers_within: float = ANSWERS_WITHIN,
        sent_within: float = SENT_WITHIN,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.server = server
        self.answers_within = answers_within
        self.sent_within = sent_within
        self.trust = trust

    async def carry(self, message: EmailMessage) -> None:
        """Send it; when this returns, the server has taken it.

        Raises Refused for what is wrong with this message or its recipient,
        Deferred for what may pass, and Unavailable for what concerns every message:
        no connection, no TLS, a refused password or sender.
        """
        client = self._client()
        try:
            async with asyncio.timeout(self.sent_within):
                await self._send(client, message)
        except TimeoutError:
            raise self._unfinished(client, "it took too long") from None
        else:
            # It was taken; a server that does not say good-bye changes nothing.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=GOODBYE_WITHIN)
        finally:
            client.close()

    async def _send(self, client: _Client, message: EmailMessage) -> None:
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable(f"{self._name}: {_told(error)}") from error
        try:
            await client.send_message(
                message,
                sender=message["From"].addresses[0].addr_spec,
                recipients=[message["To"].addresses[0].addr_spec],
            )
        except aiosmtplib.SMTPNotSupported:
            raise Refused("The server takes no address in another alphabet (SMTPUTF8).") from None
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise self._answered(refused.recipients[0]) from None
        except aiosmtplib.SMTPSenderRefused as refused:
            raise Unavailable(f"{self._name} refuses the sender: {_told(refused)}") from None
        except aiosmtplib.SMTPResponseException as refused:
            raise self._answered(refused) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._unfinished(client, _told(error)) from error

    def _client(self) -> _Client:
        server = self.server
        return _Client(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            timeout=self.answers_within,
            tls_context=self.trust,
        )

    @property
    def _name(self) -> str:
        return f"{self.server.host}:{self.server.port}"

    def _answered(self, error: aiosmtplib.SMTPResponseException) -> Exception:
        if error.code == CLOSING:
            return Unavailable(f"{self._name}: {_told(error)}")
        return (Refused if error.code >= PERMANENT else Deferred)(_told(error))

    def _unfinished(self, client: _Client, why: str) -> Exception:
        if client.on_its_way:
            return Deferred(f"{why}, while the message was on its way: it may have arrived")
        return Unavailable(f"{self._name}: {why}")


def _told(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {' '.join(str(error.message).split())}"
    return " ".join(str(error).split()) or type(error).__name__
