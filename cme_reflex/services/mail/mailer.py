"""Mailer from the settings: an SMTP server, or a folder of .eml files."""

from urllib.parse import urlsplit

from cme_reflex.domain.mail.smtp_url import parse_smtp_url
from cme_reflex.formats.mail.eml_folder import EmlFolderTransport
from cme_reflex.formats.mail.smtp import SmtpTransport
from cme_reflex.formats.mail.transport import MailTransport
from cme_reflex.services.mail.rendering import MailRenderers
from cme_reflex.services.mail.worker import Mailer
from cme_reflex.settings import Settings


class MailNotConfigured(Exception):
    """A required setting is missing; the message names it."""


def create_mailer(settings: Settings, renderers: MailRenderers) -> Mailer:
    """Create the mailer of this deployment. Raises MailNotConfigured.

    Links begin with CME_PUBLIC_URL and never with the Host header of a request: an attacker
    could otherwise have links to another site sent to somebody.
    """
    if settings.public_url is None:
        raise MailNotConfigured(
            "CME_PUBLIC_URL is missing, and messages have links. "
            "Set it to the address that people type, such as https://cme.example.org."
        )
    return Mailer(
        transport=_transport(settings),
        sender=_sender(settings),
        public_url=settings.public_url,
        renderers=renderers,
    )


def _transport(settings: Settings) -> MailTransport:
    if settings.smtp_url is None:
        return EmlFolderTransport(settings.mail_folder)
    return SmtpTransport(parse_smtp_url(settings.smtp_url.get_secret_value()))


def _sender(settings: Settings) -> str:
    if settings.mail_from is not None:
        return settings.mail_from
    if settings.smtp_url is not None:
        raise MailNotConfigured(
            "CME_MAIL_FROM is missing, and CME_SMTP_URL is set. "
            "Set it to the address that mail comes from, such as cme@example.org."
        )
    # Messages are only written to files.
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    return f"no-reply@{host if not host.replace('.', '').isdigit() else 'localhost'}"
