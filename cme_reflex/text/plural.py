"""Singular and plural forms of texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plural:
    """Singular and plural form of a text; both may contain `{count}`.

    For a language with more plural forms, add them here, and select one in `__call__` and, for
    numbers that only the browser knows, in `interpolation.pluralize`.
    """

    one: str
    other: str

    def __call__(self, count: int, **values: object) -> str:
        """The text for this number, with its values."""
        return (self.one if count == 1 else self.other).format(count=count, **values)
