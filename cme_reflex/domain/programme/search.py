"""Full-text search for all words of a query, with tolerance for one typing error per word."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from cme_reflex.domain.folding import fold

NGRAM_SIZES = (1, 2, 3)  # letters; lengths of the n-grams by which texts are indexed
MAX_NGRAM = max(NGRAM_SIZES)
FUZZY_MIN_LENGTH = 5  # letters; one edit of a shorter word matches too many others
QUERY_LIMIT = 100  # characters; the rest of a longer query is ignored


class SearchIndex:
    """Immutable index of the words of a set of texts, each with a key."""

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
        """The keys of the texts that contain every word of the query, also as part of a word.

        Matching ignores case and accents. If there is no match, one typing error
        is allowed in each word of five letters or more: an extra, missing or
        wrong letter, or two adjacent letters swapped.
        """
        words = fold(query[:QUERY_LIMIT]).split()
        if not words:
            return frozenset(self._texts)
        return self._all(words, self._exact) or self._all(words, self._fuzzy)

    def _all(self, words: Iterable[str], match: Callable[[str], frozenset[int]]) -> frozenset[int]:
        return frozenset.intersection(*map(match, words))

    def _exact(self, word: str) -> frozenset[int]:
        # Only texts that contain the word's first letters can match.
        candidates = self._keys_by_gram.get(word[:MAX_NGRAM], ())
        return frozenset({key for key in candidates if word in self._texts[key]})

    def _fuzzy(self, word: str) -> frozenset[int]:
        exact = self._exact(word)
        if len(word) < FUZZY_MIN_LENGTH:
            return exact
        similar_words = _one_edit_pattern(word).findall(self._vocabulary)
        return exact.union(*(self._keys_by_word[similar] for similar in similar_words))


def _ngrams(word: str) -> Iterator[str]:
    """The n-grams of a word."""
    return (word[start : start + size] for size in NGRAM_SIZES for start in range(len(word)))


@lru_cache(maxsize=256)
def _one_edit_pattern(word: str) -> re.Pattern[str]:
    """A pattern for the lines of a vocabulary that begin with the word after one edit."""
    edits = [word[:i] + "." + word[i:] for i in range(1, len(word))]
    edits += [word[:i] + ".?" + word[i + 1 :] for i in range(len(word))]
    edits += [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    return re.compile(rf"^(?:{'|'.join(edits)}).*$", re.MULTILINE)
