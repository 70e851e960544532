import pytest

from cme_reflex.domain.passwords import (
    LONGEST,
    SHORTEST,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
    UnfitPassword,
    require_fit,
)

KIM = ("kokafor", "Kim", "Okafor", "test24")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "nur ein paar Wörter",
        "密码密码一二三四五六七八九",
        "839104756201",
        "Okafor likes red tractors",
        "x7" * 6 + "qazwsx",
        "ab cd " * 21 + "ef",
    ],
)
def test_length_is_all_that_a_password_needs(password: str) -> None:
    require_fit(password, known=KIM)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", PasswordTooShort),
        ("Tr0ub4dor&3", PasswordTooShort),
        ("x" * (LONGEST + 1), PasswordTooLong),
        ("a" * SHORTEST, PasswordGuessable),
        ("abababababab", PasswordGuessable),
        ("abcdefghijklm", PasswordGuessable),
        ("987654321098", PasswordGuessable),
        ("QWERTYUIOPAS", PasswordGuessable),
        ("Password2024!", PasswordGuessable),
        ("passwordpassword", PasswordGuessable),
        ("kim.okafor.2024", PasswordGuessable),
        ("kokafor-test24", PasswordGuessable),
    ],
)
def test_what_is_short_or_tried_first_is_refused(password: str, fault: type[UnfitPassword]) -> None:
    with pytest.raises(fault):
        require_fit(password, known=KIM)


def test_the_lengths_are_those_of_the_guideline() -> None:
    assert SHORTEST >= 8
    assert LONGEST >= 64
