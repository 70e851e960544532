"""Mail transport that writes .eml files: the default without an SMTP server."""

import asyncio
import re
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path

from cme_reflex.files.permissions import make_private
from cme_reflex.formats.atomic_file import atomic_write
from cme_reflex.formats.mail.transport import TransportUnavailable

_UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9.-]+")


class EmlFolderTransport:
    """Transport to a folder of .eml files, which any mail program opens.

    A file is named after the Message-ID, so that a repeated message replaces its
    file, and is written atomically. Messages contain sign-in links, so only the
    owner of the process can read the files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_private(folder.glob("*.eml"))

    async def send(self, message: EmailMessage) -> None:
        """Write the file. Raises TransportUnavailable if that fails."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise TransportUnavailable(
                f"{self.folder} cannot be written: {error.strerror}"
            ) from error

    def _write(self, message: EmailMessage) -> None:
        name = _UNSAFE_CHARACTERS.sub("-", str(message["Message-ID"]).partition("@")[0]).strip("-.")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SMTPUTF8 keeps an address in another alphabet as it is.
        content = message.as_bytes(policy=SMTP if _is_ascii(message) else SMTPUTF8)
        with atomic_write(self.folder / f"{name}.eml") as file:
            file.write(content)


def _is_ascii(message: EmailMessage) -> bool:
    return all(address.addr_spec.isascii() for address in message["To"].addresses)
