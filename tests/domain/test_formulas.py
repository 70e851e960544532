import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.domain.formulas import begins_like_formula


@pytest.mark.parametrize("sign", list("=+-@|＝＋－＠｜﹦﹢﹣﹫⁺⁼₊"))
@pytest.mark.parametrize("before", ["", " ", "\u00a0 ", "\u200b", "\ufeff", "\x00", "\u202e"])
def test_a_sign_of_any_width_behind_anything_invisible_is_one(before: str, sign: str) -> None:
    assert begins_like_formula(f"{before}{sign}1")


@pytest.mark.parametrize("text", ["\t1", "\rA", "\n"])
def test_a_tab_or_line_break_may_end_the_cell_before(text: str) -> None:
    assert begins_like_formula(text)


@pytest.mark.parametrize("text", ["", " ", "O'Brien-Núñez", "1+1", "a=b", "'=1", "–1", "李", "½"])
def test_other_texts_are_none(text: str) -> None:
    assert not begins_like_formula(text)


@given(st.text())
def test_every_text_has_an_answer(text: str) -> None:
    assert begins_like_formula(f"={text}")
    assert begins_like_formula(text) or text.strip()[:1] not in set("=+-@|")
