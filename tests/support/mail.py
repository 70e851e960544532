"""A mailer for tests with a local SMTP server, and attendees with e-mail addresses."""

from dataclasses import replace
from datetime import datetime, timedelta

from cme_reflex.domain.mail.smtp_url import SmtpServer as Server
from cme_reflex.domain.mail.smtp_url import TransportSecurity
from cme_reflex.formats.mail.smtp import SmtpTransport
from cme_reflex.services.mail import worker
from cme_reflex.services.mail.worker import DeliveryStats, Mailer
from cme_reflex.services.operations.mail_renderers import MAIL_RENDERERS
from tests.support.meetings import FOLDER, attendee, member
from tests.support.servers.smtp_server import LocalSmtpServer

PUBLIC_URL = "https://cme.example.org"
KIM = "Kim.OBrien@Example.org"

FOLDER_WITH_ADDRESSES = replace(
    FOLDER,
    attendees=(
        attendee("101", "O'Brien-Núñez", suffix="Jr", member="kim", email=KIM),
        attendee("102", "Smith", email="shared@example.org"),
        attendee("103", "Smith", registration_type="day", email="shared@example.org"),
        attendee("104", "Nowhere"),
        attendee("105", "Łukasz", email="Łukasz@münchen.example"),
    ),
    members=(
        replace(member("kim"), email="kim@example.org", password_hash=""),
        replace(member("lee"), email="lee@example.org"),
        replace(member("noaddress"), password_hash=""),
    ),
)


class FakeClock:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


def make_mailer(server: LocalSmtpServer, *, patience: float = 20) -> Mailer:
    """A mailer whose transport has a timeout of `patience` seconds."""
    where = Server(host="127.0.0.1", port=server.port, security=TransportSecurity.NONE)
    transport = SmtpTransport(where, response_timeout=patience)
    return Mailer(transport, "cme@example.org", PUBLIC_URL, MAIL_RENDERERS)


async def send_due_mail(server: LocalSmtpServer, now: datetime) -> DeliveryStats:
    """Send all due messages."""
    return await worker.send_due(make_mailer(server), clock=lambda: now)
