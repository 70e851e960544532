import pytest

from cme_reflex.domain.folding import fold


def test_words_are_left_without_case_accents_and_punctuation() -> None:
    assert fold("Möbius’ O’Brien-Núñez") == "mobius obrien nunez"


@pytest.mark.parametrize("sign", "'’‘ʼʻ`´＇")
def test_an_apostrophe_of_any_kind_parts_no_word(sign: str) -> None:
    assert fold(f"O{sign}Brien") == "obrien"


@pytest.mark.parametrize("sign", [" ", "\t", "\n", "-", "_", "/", ".", ", ", " & ", "\u00a0", "–"])
def test_any_other_sign_parts_two_words(sign: str) -> None:
    assert fold(f"{sign}Hand{sign}Wrist{sign}") == "hand wrist"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("øØ", "oo"),
        ("đĐ", "dd"),
        ("ðÐ", "dd"),
        ("ħĦ", "hh"),
        ("ıIiİ", "iiii"),
        ("łŁ", "ll"),
        ("æÆ", "aeae"),
        ("œŒ", "oeoe"),
        ("þÞ", "thth"),
        ("ßẞ", "ssss"),
        ("σςΣ", "σσσ"),
        ("ﬁﬂ", "fifl"),
        ("é", "e"),
        ("e\u0301", "e"),
        ("ⅣＡ", "iva"),
    ],
)
def test_one_letter_is_written_in_many_ways(written: str, folded: str) -> None:
    assert fold(written) == folded
