"""The setting of the mail server: what it may be, and what is told of what it may not."""

import pytest

from cme_reflex.domain.mail.smtp_url import SmtpServer, TransportSecurity, parse_smtp_url


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtp://mail.example.org",
            SmtpServer(host="mail.example.org", port=587, security=TransportSecurity.STARTTLS),
        ),
        (
            "smtps://cme:p%40ss%2Fw@mail.example.org",
            SmtpServer(
                host="mail.example.org",
                port=465,
                security=TransportSecurity.TLS,
                user="cme",
                password="p@ss/w",
            ),
        ),
        (
            "smtp+plain://127.0.0.1:2525",
            SmtpServer(host="127.0.0.1", port=2525, security=TransportSecurity.NONE),
        ),
        (
            "smtp+plain://a:b@localhost",
            SmtpServer(
                host="localhost", port=25, security=TransportSecurity.NONE, user="a", password="b"
            ),
        ),
    ],
)
def test_a_url_names_a_server(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://host:port",
        "smtp://host/path",
        "smtp://host?tls=no",
        "smtp+plain://user:secret@mail.example.org",
    ],
)
def test_an_invalid_url_or_an_unencrypted_password_is_rejected(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtps?://"):
        parse_smtp_url(url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(parse_smtp_url("smtp://user:secret@mail.example.org"))
