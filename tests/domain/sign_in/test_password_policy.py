import pytest

from cme_reflex.domain.sign_in.password_policy import (
    MAX_LENGTH,
    MIN_LENGTH,
    InvalidPassword,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
    validate_password,
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
        "abcde" * 3,
    ],
)
def test_length_is_all_that_the_policy_asks_for(password: str) -> None:
    validate_password(password, personal_words=KIM)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", PasswordTooShort),
        ("Tr0ub4dor&3", PasswordTooShort),
        ("x" * (MAX_LENGTH + 1), PasswordTooLong),
        ("kim.okafor.2024", PasswordGuessable),
        ("kokafor-test24", PasswordGuessable),
    ],
)
def test_short_and_guessable_passwords_are_rejected(
    password: str, fault: type[InvalidPassword]
) -> None:
    with pytest.raises(fault):
        validate_password(password, personal_words=KIM)


@pytest.mark.parametrize("behind", " 0123456789!.-_@")
def test_a_known_word_is_no_better_for_a_sign_or_digit_behind_it(behind: str) -> None:
    with pytest.raises(PasswordGuessable):
        validate_password(f"kokafor{behind * 5}", personal_words=KIM)


def test_a_letter_beside_the_known_words_is_another_word() -> None:
    validate_password("kim.okafor.x.2024", personal_words=KIM)


def test_a_name_of_two_letters_is_a_part_of_too_many_words() -> None:
    validate_password("bo-7359-20148", personal_words=("Bo",))
    with pytest.raises(PasswordGuessable):
        validate_password("bob-7359-2014", personal_words=("Bob",))


def test_the_lengths_are_those_of_the_guideline() -> None:
    assert MIN_LENGTH >= 8
    assert MAX_LENGTH >= 64
