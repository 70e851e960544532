"""How many examples Hypothesis tries: the profile of the run says it, a test its share of that."""

from hypothesis import settings


def examples(share: float) -> int:
    """More than the profile's number for a rule with many cases, fewer where one is dear."""
    return max(1, round(settings().max_examples * share))
