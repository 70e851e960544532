"""Number of Hypothesis examples: the profile's number, multiplied by a factor of the test."""

from hypothesis import settings


def examples(share: float) -> int:
    """The number of examples: a factor above 1 for many cases, below 1 for slow tests."""
    return max(1, round(settings().max_examples * share))
