"""New passwords that are common, were in breaches, or follow a pattern, are rejected."""

import asyncio

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from cme_reflex.domain.sign_in.password_policy import (
    MAX_LENGTH,
    MIN_LENGTH,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
)
from cme_reflex.services.sign_in import passwords
from cme_reflex.services.sign_in.passwords import require_strong_password

KIM = ("kokafor", "Kim", "Okafor", "test24")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "nur ein paar Wörter",
        "密码密码一二三四五六七八九",
        "839104756201",
        "Okafor likes red tractors",
        "violet anvils hum " * 7,
        "kim.okafor.x.2024",
    ],
)
async def test_a_long_password_needs_nothing_else(password: str) -> None:
    await require_strong_password(password, KIM)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Tr0ub4dor&3", PasswordTooShort),
        ("violet anvils hum " * 8, PasswordTooLong),
        ("kim.okafor.2024", PasswordGuessable),
        # Common words and passwords of breaches, also as they are disguised.
        ("Password2024!", PasswordGuessable),
        ("P@ssw0rd1234", PasswordGuessable),
        ("passwordpassword", PasswordGuessable),
        ("football2024!", PasswordGuessable),
        ("iloveyou1234", PasswordGuessable),
        ("1qaz2wsx3edc", PasswordGuessable),
        ("trustno1trustno1", PasswordGuessable),
        ("summer2024!!", PasswordGuessable),
        ("plasticsurgery", PasswordGuessable),
        # Patterns.
        ("a" * MIN_LENGTH, PasswordGuessable),
        ("abcd" * 3, PasswordGuessable),
        ("abcdefghijklm", PasswordGuessable),
        ("987654321098", PasswordGuessable),
        ("QWERTYUIOPAS", PasswordGuessable),
        ("kokafor-test24", PasswordGuessable),
    ],
)
async def test_a_common_password_is_rejected(password: str, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        await require_strong_password(password, KIM)


async def test_no_password_of_the_list_of_breaches_passes() -> None:
    long = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_LENGTH]
    assert len(long) > 200
    for password in long[::10]:
        for variant in (password, password.upper(), f"{password}1"):
            with pytest.raises(PasswordGuessable):
                await require_strong_password(variant, ())


async def test_no_more_than_a_beginning_is_examined_and_not_on_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lengths = []

    def examine(password: str, user_inputs: list[str]) -> dict[str, float]:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        lengths.append(len(password))
        return {"guesses": 1e12}

    monkeypatch.setattr(passwords, "zxcvbn", examine)
    await require_strong_password("4@8({[<361!|7105" * (MAX_LENGTH // 16), KIM)
    assert lengths == [passwords.EXAMINED_LENGTH]
