"""Who carries a message away, and how that can fail."""

from email.message import EmailMessage
from typing import Protocol


class Refused(Exception):
    """The message will never be taken; the text says why."""


class Deferred(Exception):
    """The message was not taken, or nobody knows; later it may be."""


class Unavailable(Exception):
    """No message can be sent at the moment, whatever it is."""


class Carrier(Protocol):
    """Takes a message to where it goes."""

    async def carry(self, message: EmailMessage) -> None:
        """Send it; when this returns, it was taken. Raises Refused, Deferred or Unavailable."""
