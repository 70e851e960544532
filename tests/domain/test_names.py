import pytest

from cme_reflex.domain.names import name_key, number_key


@pytest.mark.parametrize(
    ("registered", "typed"),
    [
        ("O'Brien-Núñez Jr", "OBRIEN NUNEZ"),
        ("O’Brien-Núñez", "o brien nunez jr."),
        ("van der Berg", "Vanderberg"),
        ("St. John", "st john"),
        ("Müller", "muller"),
        ("Øster", "oster"),
        ("Łukasz", "lukasz"),
        ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("Йорданов", "ЙОРДАНОВ"),
        ("Strauß", "STRAUSS"),
        ("Smith III", "smith"),
        ("Nguyễn", "nguyen"),
        ("李", " 李 "),
    ],
)
def test_spellings_of_one_name_are_the_same_name(registered: str, typed: str) -> None:
    assert name_key(registered) == name_key(typed)


@pytest.mark.parametrize(
    ("one", "another"),
    [("Smith", "Smyth"), ("Do", "Md"), ("Ivy", "I"), ("Garcia", "Garcia Lopez"), ("李", "王")],
)
def test_different_names_stay_different(one: str, another: str) -> None:
    assert name_key(one) != name_key(another)


def test_a_suffix_is_no_part_of_the_name() -> None:
    suffixes = ("Jr", "Sr", "Junior", "Senior", "II", "III", "IV", "V", "MD", "DO", "PhD")
    assert {name_key(f"Smith {suffix}") for suffix in suffixes} == {"smith"}
    assert name_key("Smith III, MD, PhD") == "smith"


def test_a_name_that_is_only_a_suffix_is_kept() -> None:
    assert name_key("Do") == "do"


def test_a_name_of_signs_only_has_no_key() -> None:
    assert name_key("'-.") == ""


def test_numbers_are_read_without_case_spaces_and_hyphens() -> None:
    assert number_key(" pstm24-aa ") == number_key("PSTM24AA") == "PSTM24AA"
