"""Handing messages to a real server on loopback, which takes, refuses, stalls and closes."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from cme_reflex.domain.mail.message import MailContent, Paragraph
from cme_reflex.domain.mail.smtp_url import SmtpServer as Server
from cme_reflex.domain.mail.smtp_url import TransportSecurity
from cme_reflex.formats.mail.mime import Mailbox, MailHeaders, build_message
from cme_reflex.formats.mail.smtp import SmtpTransport
from cme_reflex.formats.mail.transport import (
    PermanentFailure,
    TemporaryFailure,
    TransportUnavailable,
)
from tests.support.servers.smtp_server import PASSWORD, USER, LocalSmtpServer, run_smtp_server
from tests.support.servers.tls_certificate import ssl_contexts

LETTER = MailContent(
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
    envelope = MailHeaders(
        sender=Mailbox("SOT CME", "cme@example.org"),
        recipient=Mailbox("Kim", address),
        reply_to=Mailbox("Help", "help@example.org"),
        message_id="<1@example.org>",
        at=datetime(2024, 11, 1, tzinfo=UTC),
    )
    return build_message(LETTER, envelope)


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


def carrier(server: LocalSmtpServer, **more: object) -> SmtpTransport:
    where = Server(host="127.0.0.1", port=server.port, security=TransportSecurity.NONE)
    return SmtpTransport(where, **{"response_timeout": 0.3, **more})  # type: ignore[arg-type]


async def test_a_message_is_handed_over_with_its_envelope(server: LocalSmtpServer) -> None:
    await carrier(server, response_timeout=20).send(to("kim@example.org"))
    (taken,) = server.received
    assert (taken.sender, taken.recipient) == ("cme@example.org", "kim@example.org")
    assert taken.text.splitlines()[0] == "Hello,"


@pytest.mark.parametrize(
    ("does", "fault", "said"),
    [
        ({"RCPT": "550 no such user"}, PermanentFailure, "550 no such user"),
        ({"RCPT": "451 greylisted"}, TemporaryFailure, "451 greylisted"),
        ({"DATA": "554 looks like junk"}, PermanentFailure, "554 looks like junk"),
        ({"DATA": "452 disk is full"}, TemporaryFailure, "452 disk is full"),
        (
            {"MAIL": "550 not your domain"},
            TransportUnavailable,
            "refuses the sender: 550 not your domain",
        ),
        ({"MAIL": "421 closing"}, TransportUnavailable, "421 closing"),
        ({"RCPT": "421 closing"}, TransportUnavailable, "421 closing"),
        ({"RCPT": "stall"}, TransportUnavailable, "Timed out waiting for server response"),
        ({"RCPT": "close"}, TransportUnavailable, "127.0.0.1:"),
        (
            {"DATA": "stall"},
            TemporaryFailure,
            "while the message was being sent: it may have arrived",
        ),
        (
            {"DATA": "close"},
            TemporaryFailure,
            "while the message was being sent: it may have arrived",
        ),
    ],
)
async def test_each_way_of_failing_says_whether_to_try_again(
    server: LocalSmtpServer, does: dict[str, str], fault: type[Exception], said: str
) -> None:
    server.behavior = does
    with pytest.raises(fault) as failed:
        await carrier(server).send(to("kim@example.org"))
    assert said in str(failed.value)
    assert server.received == []


async def test_a_server_that_trickles_is_left_after_a_time(server: LocalSmtpServer) -> None:
    server.behavior = {"RCPT": "stall"}
    with pytest.raises(TransportUnavailable, match="it took too long"):
        await carrier(server, response_timeout=60, send_timeout=0.5).send(to("kim@example.org"))


async def test_a_refused_connection_is_reported_with_host_and_port() -> None:
    with run_smtp_server() as gone:
        pass
    with pytest.raises(TransportUnavailable, match=rf"127\.0\.0\.1:{gone.port}: .*Connect"):
        await carrier(gone).send(to("kim@example.org"))


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
    server: LocalSmtpServer, address: str, utf8: bool
) -> None:
    await carrier(server, response_timeout=20).send(to(address))
    (taken,) = server.received
    assert taken.utf8 is utf8
    assert taken.recipient.partition("@")[0] == address.partition("@")[0]
    assert taken.recipient.partition("@")[2].isascii()


async def test_a_server_without_smtputf8_gets_a_clear_refusal() -> None:
    with run_smtp_server(utf8=False) as server:
        with pytest.raises(PermanentFailure, match="SMTPUTF8"):
            await carrier(server, response_timeout=20).send(to("łukasz@example.org"))
        await carrier(server, response_timeout=20).send(to("kim@münchen.example"))
    assert [taken.recipient for taken in server.received] == ["kim@xn--mnchen-3ya.example"]


@pytest.fixture
def trust(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return ssl_contexts(tmp_path)


@pytest.mark.parametrize("security", [TransportSecurity.TLS, TransportSecurity.STARTTLS])
async def test_a_password_goes_over_tls_and_a_wrong_one_stops_all_mail(
    trust: tuple[ssl.SSLContext, ssl.SSLContext], security: TransportSecurity
) -> None:
    theirs, ours = trust
    tls = theirs if security is TransportSecurity.TLS else None
    with run_smtp_server(tls=tls, starttls=None if tls else theirs, login=not tls) as server:
        user = USER if security is TransportSecurity.STARTTLS else ""
        where = Server(
            host="localhost", port=server.port, security=security, user=user, password=PASSWORD
        )
        await SmtpTransport(where, tls_context=ours).send(to("kim@example.org"))
        assert len(server.received) == 1
        with pytest.raises(TransportUnavailable, match="certificate"):
            await SmtpTransport(where).send(to("kim@example.org"))
        if user:
            wrong = SmtpTransport(replace(where, password="wrong"), tls_context=ours)
            with pytest.raises(TransportUnavailable, match="535"):
                await wrong.send(to("kim@example.org"))
    assert len(server.received) == 1


async def test_a_server_without_starttls_gets_nothing() -> None:
    with run_smtp_server() as server:
        where = Server(host="127.0.0.1", port=server.port, security=TransportSecurity.STARTTLS)
        with pytest.raises(TransportUnavailable, match="STARTTLS"):
            await SmtpTransport(where).send(to("kim@example.org"))
    assert server.received == []
