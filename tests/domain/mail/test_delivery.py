from datetime import timedelta

import pytest

from cme_reflex.domain.mail.delivery import (
    RESENT_WHEN_UNCERTAIN,
    MailKind,
    parse_address,
    retry_delay,
)
from cme_reflex.domain.mail.delivery import InvalidAddress as Invalid


def test_attempts_are_further_and_further_apart_up_to_four_hours() -> None:
    assert [retry_delay(attempts) for attempts in range(1, 8)] == [
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=8),
        timedelta(minutes=32),
        timedelta(hours=2, minutes=8),
        timedelta(hours=4),
        timedelta(hours=4),
    ]


def test_only_a_sign_in_link_is_not_repeated_when_uncertain() -> None:
    assert set(MailKind) - RESENT_WHEN_UNCERTAIN == {MailKind.SIGN_IN_LINK}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" kim@example.org\n", "kim@example.org"),
        ("O'Brien+cme@Example.ORG", "O'Brien+cme@Example.ORG"),
        ("用户@例子.测试", "用户@例子.测试"),
        ("x" * 64 + "@" + "y" * 60 + ".example", "x" * 64 + "@" + "y" * 60 + ".example"),
        (" kim@" + "y" * 242 + ".example ", "kim@" + "y" * 242 + ".example"),  # 254 characters
    ],
)
def test_a_valid_address_is_returned_unchanged(typed: str, written: str) -> None:
    assert parse_address(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "kim",
        "@example.org",
        "kim@",
        "mailto:kim@example.org",
        "kim@example..org",
        "kim@.org",
        "kim@@example.org",
        "kim@a@example.org",
        ".kim@example.org",
        "k im@example.org",
        "kim@example.org, other@example.org",
        "kim@example.org\r\nBcc: other@example.org",
        "kim@example.org\x00",
        "<kim@example.org>",
        '"kim"@example.org',
        "kim\u2028@example.org",
        "x" * 65 + "@example.org",
        "kim@" + "y" * 243 + ".example",
    ],
)
def test_an_undeliverable_address_is_rejected(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_address(typed)
    assert str(refused.value) == "This is not an e-mail address"  # a log names nobody
