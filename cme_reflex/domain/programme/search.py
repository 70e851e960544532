"""Full-text search for all words of a query, with tolerance for one typing error per word."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from cme_reflex.domain.folding import fold

NGRAM_SIZES = (1, 2, 3)  # letters; lengths of the n-grams by which texts are indexed
MAX_NGRAM = max(NGRAM_SIZES)
FUZZY_MIN_LENGTH = 5  # letters; one edit of a shorter word matches too many others
FUZZY_MAX_LENGTH = 32  # letters; nobody types a longer word by hand
FUZZY_MAX_WORDS = 8  # words of a query that tolerate an error; further ones must match exactly
QUERY_LIMIT = 100  # characters, also after folding; the rest of a longer query is ignored


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
        self._prefixes: dict[int, dict[str, list[str]]] = {}

    def search(self, query: str) -> frozenset[int]:
        """The keys of the texts that contain every word of the query, also as part of a word.

        Matching ignores case and accents. If there is no match, one typing error
        is allowed in each word of five letters or more: an extra, missing or
        wrong letter, or two adjacent letters swapped. The work is bounded for any
        query: it is linear in the number of words of the texts.
        """
        # Folding makes up to 18 letters of one character.
        words = list(dict.fromkeys(fold(query[:QUERY_LIMIT])[:QUERY_LIMIT].split()))
        exact = self._all((word, self._exact) for word in words)
        return exact or self._all(
            (word, self._fuzzy if at < FUZZY_MAX_WORDS else self._exact)
            for at, word in enumerate(words)
        )

    def _all(
        self, matches: Iterable[tuple[str, Callable[[str], frozenset[int]]]]
    ) -> frozenset[int]:
        found = frozenset(self._texts)
        for word, match in matches:
            found &= match(word)
            if not found:
                break
        return found

    def _exact(self, word: str) -> frozenset[int]:
        # Only texts that contain the word's first letters can match.
        candidates = self._keys_by_gram.get(word[:MAX_NGRAM], ())
        return frozenset({key for key in candidates if word in self._texts[key]})

    def _fuzzy(self, word: str) -> frozenset[int]:
        exact = self._exact(word)
        if not FUZZY_MIN_LENGTH <= len(word) <= FUZZY_MAX_LENGTH:
            return exact
        return exact.union(
            *(
                self._keys_by_word[similar]
                for length in (len(word) - 1, len(word), len(word) + 1)
                for prefix, *_ in extract(
                    word,
                    self._words_by_prefix(length).keys(),
                    scorer=OSA.distance,
                    score_cutoff=1,
                    limit=None,
                )
                for similar in self._words_by_prefix(length)[prefix]
            )
        )

    def _words_by_prefix(self, length: int) -> Mapping[str, list[str]]:
        """The words of the texts by their first `length` letters; computed once per length."""
        if length not in self._prefixes:
            words: dict[str, list[str]] = defaultdict(list)
            for word in self._keys_by_word:
                if len(word) >= length:
                    words[word[:length]].append(word)
            self._prefixes[length] = dict(words)
        return self._prefixes[length]


def _ngrams(word: str) -> Iterator[str]:
    """The n-grams of a word."""
    return (word[start : start + size] for size in NGRAM_SIZES for start in range(len(word)))
