"""Handing messages to a real server on loopback, which takes, refuses, stalls and closes."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from cme_reflex.domain.letter import Letter, Paragraph
from cme_reflex.exchange.carrier import Deferred, Refused, Unavailable
from cme_reflex.exchange.mime import Envelope, Person, message
from cme_reflex.exchange.smtp import SmtpCarrier
from cme_reflex.mail_server import MailServer as Server
from cme_reflex.mail_server import Security
from tests.certificate import contexts
from tests.mail_server import PASSWORD, USER, MailServer, mail_server

LETTER = Letter(
    subject="S",
    preview="P",
    heading="H",
    greeting="Hello,",
    blocks=(Paragraph("One.\n.\nTwo."),),
    footer=("F",),
    meeting="M",
    accent="#0b5563",
)


def to(address: str) -> EmailMessage:
    envelope = Envelope(
        sender=Person("SOT CME", "cme@example.org"),
        recipient=Person("Kim", address),
        reply_to=Person("Help", "help@example.org"),
        message_id="<1@example.org>",
        at=datetime(2024, 11, 1, tzinfo=UTC),
    )
    return message(LETTER, envelope)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def carrier(server: MailServer, **more: object) -> SmtpCarrier:
    where = Server("127.0.0.1", server.port, Security.NONE)
    return SmtpCarrier(where, **{"answers_within": 0.3, **more})  # type: ignore[arg-type]


async def test_a_message_is_handed_over_with_its_envelope(server: MailServer) -> None:
    await carrier(server, answers_within=20).carry(to("kim@example.org"))
    (taken,) = server.taken
    assert (taken.sender, taken.recipient) == ("cme@example.org", "kim@example.org")
    assert taken.text.splitlines()[0] == "Hello,"


@pytest.mark.parametrize(
    ("does", "fault", "said"),
    [
        ({"RCPT": "550 no such user"}, Refused, "550 no such user"),
        ({"RCPT": "451 greylisted"}, Deferred, "451 greylisted"),
        ({"DATA": "554 looks like junk"}, Refused, "554 looks like junk"),
        ({"DATA": "452 disk is full"}, Deferred, "452 disk is full"),
        ({"MAIL": "550 not your domain"}, Unavailable, "refuses the sender: 550 not your domain"),
        ({"MAIL": "421 closing"}, Unavailable, "421 closing"),
        ({"RCPT": "421 closing"}, Unavailable, "421 closing"),
        ({"RCPT": "stall"}, Unavailable, "Timed out waiting for server response"),
        ({"RCPT": "close"}, Unavailable, "127.0.0.1:"),
        ({"DATA": "stall"}, Deferred, "while the message was on its way: it may have arrived"),
        ({"DATA": "close"}, Deferred, "while the message was on its way: it may have arrived"),
    ],
)
async def test_each_way_of_failing_says_whether_to_try_again(
    server: MailServer, does: dict[str, str], fault: type[Exception], said: str
) -> None:
    server.does = does
    with pytest.raises(fault) as failed:
        await carrier(server).carry(to("kim@example.org"))
    assert said in str(failed.value)
    assert server.taken == []


async def test_a_server_that_trickles_is_left_after_a_time(server: MailServer) -> None:
    server.does = {"RCPT": "stall"}
    with pytest.raises(Unavailable, match="it took too long"):
        await carrier(server, answers_within=60, sent_within=0.5).carry(to("kim@example.org"))


async def test_nobody_at_the_port_is_told_with_host_and_port() -> None:
    with mail_server() as gone:
        pass
    with pytest.raises(Unavailable, match=rf"127\.0\.0\.1:{gone.port}: .*Connect"):
        await carrier(gone).carry(to("kim@example.org"))


@pytest.mark.parametrize(
    ("address", "utf8"),
    [
        ("kim@münchen.example", False),
        ("kim@xn--mnchen-3ya.example", False),
        ("łukasz@example.org", True),
        ("用户@例子.测试", True),
    ],
)
async def test_addresses_of_every_alphabet_arrive(
    server: MailServer, address: str, utf8: bool
) -> None:
    await carrier(server, answers_within=20).carry(to(address))
    (taken,) = server.taken
    assert taken.utf8 is utf8
    assert taken.recipient.partition("@")[0] == address.partition("@")[0]
    assert taken.recipient.partition("@")[2].isascii()


async def test_a_server_without_smtputf8_gets_a_clear_refusal() -> None:
    with mail_server(utf8=False) as server:
        with pytest.raises(Refused, match="SMTPUTF8"):
            await carrier(server, answers_within=20).carry(to("łukasz@example.org"))
        await carrier(server, answers_within=20).carry(to("kim@münchen.example"))
    assert [taken.recipient for taken in server.taken] == ["kim@xn--mnchen-3ya.example"]


@pytest.fixture
def trust(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return contexts(tmp_path)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_a_password_goes_over_tls_and_a_wrong_one_stops_all_mail(
    trust: tuple[ssl.SSLContext, ssl.SSLContext], security: Security
) -> None:
    theirs, ours = trust
    tls = theirs if security is Security.TLS else None
    with mail_server(tls=tls, starttls=None if tls else theirs, login=not tls) as server:
        user = USER if security is Security.STARTTLS else ""
        where = Server("localhost", server.port, security, user, PASSWORD)
        await SmtpCarrier(where, trust=ours).carry(to("kim@example.org"))
        assert len(server.taken) == 1
        with pytest.raises(Unavailable, match="certificate"):
            await SmtpCarrier(where).carry(to("kim@example.org"))
        if user:
            wrong = SmtpCarrier(replace(where, password="wrong"), trust=ours)
            with pytest.raises(Unavailable, match="535"):
                await wrong.carry(to("kim@example.org"))
    assert len(server.taken) == 1


async def test_a_server_without_starttls_gets_nothing() -> None:
    with mail_server() as server:
        where = Server("127.0.0.1", server.port, Security.STARTTLS)
        with pytest.raises(Unavailable, match="STARTTLS"):
            await SmtpCarrier(where).carry(to("kim@example.org"))
    assert server.taken == []
