"""A post office for tests, with a real mail server, and people who have addresses."""

from dataclasses import replace
from datetime import datetime, timedelta

from cme_reflex.exchange.smtp import SmtpCarrier
from cme_reflex.mail_server import MailServer as Server
from cme_reflex.mail_server import Security
from cme_reflex.services import postman
from cme_reflex.services.postman import PostOffice, Round
from tests.mail_server import MailServer
from tests.meetings import FOLDER, attendee, member

PUBLIC_URL = "https://cme.example.org"
KIM = "Kim.OBrien@Example.org"

WITH_ADDRESSES = replace(
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


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


def office(server: MailServer, *, patience: float = 20) -> PostOffice:
    """A post office whose carrier waits for `patience` seconds."""
    where = Server("127.0.0.1", server.port, Security.NONE)
    return PostOffice(SmtpCarrier(where, answers_within=patience), "cme@example.org", PUBLIC_URL)


async def send(server: MailServer, now: datetime) -> Round:
    """Send what is due at this moment."""
    return await postman.send_due(office(server), clock=lambda: now)
