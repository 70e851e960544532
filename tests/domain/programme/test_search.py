from collections.abc import Collection, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.process import extract

from cme_reflex.domain.programme import search
from cme_reflex.domain.programme.search import (
    FUZZY_MAX_LENGTH,
    FUZZY_MAX_WORDS,
    SearchIndex,
)

TEXTS = {
    1: ("ABC's of the Cleft Palate", "PNL-001", "Craniomaxillofacial", "Ana Müller, MD"),
    2: ("Breast Reconstruction Around the Globe", "OND-01", "Breast", "Li Wei, MD"),
    3: ("Möbius Syndrome: Breast-feeding and Beyond", "PNL-002", "Pediatric"),
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3}),
        ("breast", {2, 3}),
        ("BREAST globe", {2}),
        ("globe breast", {2}),
        ("mobius", {3}),
        ("MÖBIUS", {3}),
        ("abcs", {1}),
        ("muller", {1}),
        ("pnl-00", {1, 3}),
        ("construct", {2}),
        ("j", set()),
        ("z", set()),
        ("y", {3}),
        ("w", {2}),
        ("wb", set()),
        ("craniomaxillofacial cleft", {1}),
        ("breast cleft", set()),
    ],
)
def test_every_word_is_found_whatever_its_case_and_accents(query: str, found: set[int]) -> None:
    assert SearchIndex(TEXTS).search(query) == found


@given(
    st.dictionaries(st.integers(), st.lists(st.text("abc ", max_size=9), max_size=2)),
    st.text("abc", min_size=1, max_size=7),
)
def test_a_word_is_found_wherever_it_stands_in_another(
    texts: Mapping[int, list[str]], word: str
) -> None:
    standing = {key for key, parts in texts.items() if word in " ".join(parts)}
    assert not standing or SearchIndex(texts).search(word) == standing


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("recnstruction", {2}),
        ("reconstrruction", {2}),
        ("reconstruxtion", {2}),
        ("rceonst", {2}),
        ("golbe", {2}),
        ("cranimaxillofacial", {1}),
        ("beast", {2, 3}),
        ("xreast", {2, 3}),
        ("breasx", {2, 3}),
        ("xreast glob", {2}),
    ],
)
def test_one_typing_error_in_a_word_of_five_letters_or_more_is_tolerated(
    typed: str, found: set[int]
) -> None:
    assert SearchIndex(TEXTS).search(typed) == found


def test_a_slip_is_not_looked_for_where_the_word_is_found_as_typed() -> None:
    index = SearchIndex({1: ("Facelift",), 2: ("Facelifts of the Face",), 3: ("Facelefts",)})
    assert index.search("facelift") == {1, 2}


@pytest.mark.parametrize("typed", ["clft", "cleftt palattte", "xxconstruction"])
def test_short_words_and_two_typing_errors_are_not_tolerated(typed: str) -> None:
    assert SearchIndex(TEXTS).search(typed) == frozenset()


def test_signs_of_regular_expressions_are_only_signs() -> None:
    assert SearchIndex(TEXTS).search("(((((.*[[[[") == {1, 2, 3}


def test_an_endless_query_is_cut() -> None:
    assert SearchIndex(TEXTS).search("breast " * 10_000) == {2, 3}


def test_the_work_of_a_query_is_linear_in_the_words_of_the_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []

    def counting(word: str, choices: Collection[str], **options: Any) -> list[Any]:
        assert len(word) <= FUZZY_MAX_LENGTH
        compared.append(len(choices))
        return extract(word, choices, **options)

    monkeypatch.setattr(search, "extract", counting)
    index = SearchIndex({1: (" ".join(f"word{at}letters" for at in range(500)),), 2: ("x",)})
    worst = [
        "\u3316" * 100,  # six letters each, once folded
        "\ufdfa" * 100,  # eighteen
        "x" * 100,
        " ".join(f"wordx{at}letters" for at in range(100)),
        "".join(f"wor{at}x\u3316 " for at in range(100)),
    ]
    for query in worst:
        compared.clear()
        index.search(query)
        assert sum(compared) <= 3 * FUZZY_MAX_WORDS * 501


def test_a_query_is_cut_after_folding() -> None:
    kilometers = SearchIndex({1: ("kilometers" * 11,), 2: ("x",)})
    assert kilometers.search("\u3316" * 100) == frozenset()
    assert SearchIndex({1: ("ff" * 100,)}).search("\ufb00" * 100) == {1}


def test_a_ninth_mistyped_word_is_not_tolerated() -> None:
    titles = [f"longword{letter}" for letter in "abcdefghi"]
    index = SearchIndex({1: (" ".join(titles),)})
    mistyped = [title.replace("long", "lnog") for title in titles]
    assert index.search(" ".join(mistyped[:8] + titles[8:])) == {1}
    assert index.search(" ".join(mistyped)) == frozenset()
