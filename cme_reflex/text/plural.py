"""Sentences that depend on a number."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence about one thing, and about any other number of them; both may name `{count}`.

    A language with more forms has more of them here, and chooses among them when called and, for
    a number that only the browser knows, in `interpolation.pluralize`.
    """

    one: str
    other: str

    def __call__(self, count: int, **values: object) -> str:
        """The sentence for this number, filled in."""
        return (self.one if count == 1 else self.other).format(count=count, **values)
