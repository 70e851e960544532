"""Messages as files: the embedded default, where there is no mail server."""

import asyncio
import os
import re
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path

from cme_reflex.formats.mail.transport import TransportUnavailable

_UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9.-]+")


class EmlFolderTransport:
    """A folder of .eml files, each of which any mail program opens.

    The file is named after the Message-ID, so that what is sent again is no
    second file, and it is there whole or not at all. Links are in it: only the
    owner of the process can read it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: EmailMessage) -> None:
        """Write the file. Raises TransportUnavailable where that cannot be."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise TransportUnavailable(
                f"{self.folder} cannot be written: {error.strerror}"
            ) from error

    def _write(self, message: EmailMessage) -> None:
        name = _UNSAFE_CHARACTERS.sub("-", str(message["Message-ID"]).partition("@")[0]).strip("-.")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The policy of an address in another alphabet, which a file can hold as it is.
        content = message.as_bytes(policy=SMTP if _is_ascii(message) else SMTPUTF8)
        partial = self.folder / f".{name}.{os.getpid()}"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / f"{name}.eml")


def _is_ascii(message: EmailMessage) -> bool:
    return all(address.addr_spec.isascii() for address in message["To"].addresses)
