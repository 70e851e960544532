"""Who carries a message away, and how that can fail."""

from email.message import EmailMessage
from typing import Protocol


class PermanentFailure(Exception):
    """The message will never be taken; the text says why."""


class TemporaryFailure(Exception):
    """The message was not taken, or nobody knows; later it may be."""


class TransportUnavailable(Exception):
    """No message can be sent at the moment, whatever it is."""


class MailTransport(Protocol):
    """Takes a message to where it goes."""

    async def send(self, message: EmailMessage) -> None:
        """Send it; when this returns, it was accepted.

        Raises PermanentFailure, TemporaryFailure or TransportUnavailable.
        """
