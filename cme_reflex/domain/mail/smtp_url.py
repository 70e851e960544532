"""SMTP server settings as a URL."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from cme_reflex.domain.hosts import is_loopback


class TransportSecurity(StrEnum):
    """Encryption of the connection, by the URL's scheme."""

    TLS = "smtps"
    STARTTLS = "smtp"
    NONE = "smtp+plain"


DEFAULT_PORTS = {
    TransportSecurity.TLS: 465,
    TransportSecurity.STARTTLS: 587,
    TransportSecurity.NONE: 25,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Address and credentials of an SMTP server."""

    host: str
    port: int
    security: TransportSecurity
    user: str = ""
    password: str = field(default="", repr=False)


def parse_smtp_url(url: str) -> SmtpServer:
    """Parse a URL such as ``smtp://user:password@mail.example.org:587``.

    ``smtps`` is TLS from the start, ``smtp`` requires STARTTLS, and ``smtp+plain``
    is unencrypted; a password is accepted with it on a loopback address only.
    Characters such as @ in a password are percent-encoded (%40). Raises ValueError.
    """
    parts = urlsplit(url)
    try:
        security, port = TransportSecurity(parts.scheme), parts.port
    except ValueError:
        security, port = None, None
    if security is None or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("Write smtp://user:password@host:587, smtps://… or smtp+plain://…")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if security is TransportSecurity.NONE and password and not is_loopback(parts.hostname):
        raise ValueError("A password would go over the network in clear. Write smtp:// or smtps://")
    return SmtpServer(
        host=parts.hostname,
        port=port or DEFAULT_PORTS[security],
        security=security,
        user=user,
        password=password,
    )
