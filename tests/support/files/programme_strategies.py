"""Hypothesis strategies for texts as programmes and registration lists have them."""

import unicodedata

from hypothesis import strategies as st

# Letters of every alphabet; & begins entities, which are tested on their own.
letters = st.characters(
    codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="&"
) | st.sampled_from("=+-@'\"\\,;[]<>#")


words = st.text(letters, min_size=1, max_size=12)


def normalized(text: str) -> str:
    """As every reader of ours gives a text: composed letters, single spaces."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


texts = st.lists(words, min_size=1, max_size=6).map(lambda each: normalized(" ".join(each)))
