"""The setting of the mail server: what it may be, and what is told of what it may not."""

import pytest

from cme_reflex.mail_server import MailServer, Security, mail_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, Security.STARTTLS)),
        (
            "smtps://cme:p%40ss%2Fw@mail.example.org",
            MailServer("mail.example.org", 465, Security.TLS, "cme", "p@ss/w"),
        ),
        ("smtp+plain://127.0.0.1:2525", MailServer("127.0.0.1", 2525, Security.NONE)),
        ("smtp+plain://a:b@localhost", MailServer("localhost", 25, Security.NONE, "a", "b")),
    ],
)
def test_a_url_names_a_server(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


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
def test_what_is_no_server_or_would_give_a_password_away_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtps?://"):
        mail_server(url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(mail_server("smtp://user:secret@mail.example.org"))
