"""Interface of mail transports, and their errors."""

from email.message import EmailMessage
from typing import Protocol


class PermanentFailure(Exception):
    """The message will never be accepted; the text has the reason."""


class TemporaryFailure(Exception):
    """The message was not accepted, or the outcome is unknown; a retry may succeed."""


class TransportUnavailable(Exception):
    """No message can be sent at the moment."""


class MailTransport(Protocol):
    """A transport that sends messages."""

    async def send(self, message: EmailMessage) -> None:
        """Send the message; when this returns, it was accepted.

        Raises PermanentFailure, TemporaryFailure or TransportUnavailable.
        """
