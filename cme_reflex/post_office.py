"""The mail as this deployment's settings say: a server, or a folder of files."""

from urllib.parse import urlsplit

from cme_reflex.exchange.carrier import Carrier
from cme_reflex.exchange.eml_folder import EmlFolder
from cme_reflex.exchange.smtp import SmtpCarrier
from cme_reflex.mail_server import mail_server
from cme_reflex.services.postman import PostOffice
from cme_reflex.settings import Settings


class MailNotSet(Exception):
    """A setting is missing without which no message can be written; the text names it."""


def post_office(settings: Settings) -> PostOffice:
    """Who carries messages, and where their links lead. Raises MailNotSet.

    Links are made of CME_PUBLIC_URL and never of what a request says its host is: a stranger
    could otherwise have links sent to somebody that lead to the stranger's own site.
    """
    if settings.public_url is None:
        raise MailNotSet(
            "CME_PUBLIC_URL is missing, and messages have links. "
            "Set it to the address that people type, such as https://cme.example.org."
        )
    return PostOffice(
        carrier=_carrier(settings), sender=_sender(settings), public_url=settings.public_url
    )


def _carrier(settings: Settings) -> Carrier:
    if settings.smtp_url is None:
        return EmlFolder(settings.mail_folder)
    return SmtpCarrier(mail_server(settings.smtp_url.get_secret_value()))


def _sender(settings: Settings) -> str:
    if settings.mail_from is not None:
        return settings.mail_from
    if settings.smtp_url is not None:
        raise MailNotSet(
            "CME_MAIL_FROM is missing, and CME_SMTP_URL is set. "
            "Set it to the address that mail comes from, such as cme@example.org."
        )
    # Nothing leaves this machine.
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    return f"no-reply@{host if not host.replace('.', '').isdigit() else 'localhost'}"
