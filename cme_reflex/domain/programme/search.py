"""Search as people type it: every word, whatever its case and accents, and one slip forgiven."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from cme_reflex.domain.folding import fold

NGRAM_SIZES = (1, 2, 3)  # letters in a row by which texts are known
MAX_NGRAM = max(NGRAM_SIZES)
FUZZY_MIN_LENGTH = 5  # letters; one edit in a shorter word turns it into too many others
QUERY_LIMIT = 100  # characters that are looked at; longer input is no search


class SearchIndex:
    """The words of a set of texts, each text known by its key. Immutable once made."""

    def __init__(self, texts: Mapping[int, Iterable[str]]) -> None:
        self._texts = {key: fold(" ".join(parts)) for key, parts in texts.items()}
        keys_by_word: dict[str, set[int]] = defaultdict(set)
        keys_by_gram: dict[str, list[int]] = defaultdict(list)
        for key, text in self._texts.items():
            words = set(text.split())
            for word in words:
                keys_by_word[word].add(key)
            for gram in {gram for word in words for gram in _ngrams(word)}:
                keys_by_gram[gram].append(key)
        self._keys_by_word = dict(keys_by_word)
        self._keys_by_gram = dict(keys_by_gram)
        self._vocabulary = "\n".join(keys_by_word)

    def search(self, query: str) -> frozenset[int]:
        """The keys of the texts that contain every word of the query, anywhere in a word.

        Where that finds nothing, one typing error (a letter too many, missing,
        wrong, or two swapped) is forgiven in each word of five letters or more.
        """
        words = fold(query[:QUERY_LIMIT]).split()
        if not words:
            return frozenset(self._texts)
        return self._all(words, self._exact) or self._all(words, self._fuzzy)

    def _all(self, words: Iterable[str], find: Callable[[str], frozenset[int]]) -> frozenset[int]:
        return frozenset.intersection(*map(find, words))

    def _exact(self, word: str) -> frozenset[int]:
        # Only texts that have its first letters somewhere need be looked at.
        few = self._keys_by_gram.get(word[:MAX_NGRAM], ())
        return frozenset({key for key in few if word in self._texts[key]})

    def _fuzzy(self, word: str) -> frozenset[int]:
        exact = self._exact(word)
        if len(word) < FUZZY_MIN_LENGTH:
            return exact
        near = (
            self._keys_by_word[hit] for hit in _one_edit_pattern(word).findall(self._vocabulary)
        )
        return exact.union(*near)


def _ngrams(word: str) -> Iterator[str]:
    """Whatever few letters stand in a row in a word."""
    return (word[at : at + size] for size in NGRAM_SIZES for at in range(len(word)))


@lru_cache(maxsize=256)
def _one_edit_pattern(word: str) -> re.Pattern[str]:
    """Matches a vocabulary's lines that begin with the word after one edit."""
    edits = [word[:i] + "." + word[i:] for i in range(1, len(word))]
    edits += [word[:i] + ".?" + word[i + 1 :] for i in range(len(word))]
    edits += [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    return re.compile(rf"^(?:{'|'.join(edits)}).*$", re.MULTILINE)
